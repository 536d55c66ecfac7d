INSERT INTO settings_unlogged.item (note) VALUES ('new') RETURNING *;

UPDATE settings_unlogged.item SET note = note || '!' WHERE id % 4 = 0;

-- refused 23505
INSERT INTO settings_unlogged.item (note) VALUES ('n1');

DELETE FROM settings_unlogged.item WHERE id = 30;

INSERT INTO settings_unlogged.item (note) VALUES ('newer') RETURNING *;

INSERT INTO settings_unlogged.item (note) VALUES ('newest') RETURNING *;
