INSERT INTO settings_publications.item (id, n) VALUES (100, 5);

UPDATE settings_publications.item SET n = n + 1 WHERE id < 10;

DELETE FROM settings_publications.item WHERE id = 20;
