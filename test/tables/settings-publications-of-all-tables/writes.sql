INSERT INTO settings_publications_of_all_tables.item (id, n) VALUES (100, 5);

UPDATE settings_publications_of_all_tables.item SET n = n + 1 WHERE id < 10;

DELETE FROM settings_publications_of_all_tables.item WHERE id = 20;
