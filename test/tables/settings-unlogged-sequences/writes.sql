INSERT INTO settings_unlogged_sequences.item (note) VALUES ('new') RETURNING id, n, m;

DELETE FROM settings_unlogged_sequences.item WHERE id = 30;

-- refused 23505
INSERT INTO settings_unlogged_sequences.item (id) VALUES (40);

UPDATE settings_unlogged_sequences.item SET id = DEFAULT, n = DEFAULT WHERE id = 40 RETURNING id, n, m;

INSERT INTO settings_unlogged_sequences.item (note) VALUES ('newer') RETURNING id, n, m;
