INSERT INTO settings_access_method.item (id, n) VALUES (100, 5);
