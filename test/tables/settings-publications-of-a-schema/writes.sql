INSERT INTO settings_publications_of_a_schema.item (id, n) VALUES (100, 5);

UPDATE settings_publications_of_a_schema.item SET n = n + 1 WHERE id < 10;

DELETE FROM settings_publications_of_a_schema.item WHERE id = 20;
