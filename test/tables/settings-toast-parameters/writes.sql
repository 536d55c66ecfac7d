INSERT INTO settings_toast_parameters.item VALUES (100, repeat('x', 20000), NULL);

UPDATE settings_toast_parameters.item SET document = '{}' WHERE id % 4 = 3;

UPDATE settings_toast_parameters.item SET long = long || 'y' WHERE id % 4 = 1;

DELETE FROM settings_toast_parameters.item WHERE id = 7;

SELECT id, length(long), md5(long) FROM settings_toast_parameters.item ORDER BY id;
