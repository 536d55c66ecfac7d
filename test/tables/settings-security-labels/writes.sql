INSERT INTO settings_security_labels.item (id, n) VALUES (100, 5);
