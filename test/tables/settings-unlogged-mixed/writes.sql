INSERT INTO settings_unlogged_mixed.item (note) VALUES ('new') RETURNING id, n;

DELETE FROM settings_unlogged_mixed.item WHERE id = 30;

UPDATE settings_unlogged_mixed.item SET note = 'changed' WHERE id = 40;

INSERT INTO settings_unlogged_mixed.item (note) VALUES ('newer') RETURNING id, n;
