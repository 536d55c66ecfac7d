INSERT INTO keys_include.item VALUES (100, 'c100', 'new');

-- refused 23505
INSERT INTO keys_include.item VALUES (100, 'c101', 'other note');

-- refused 23505
INSERT INTO keys_include.item VALUES (102, 'c100', NULL);

UPDATE keys_include.item SET note = 'changed' WHERE id < 10;

UPDATE keys_include.item SET id = id + 1000, code = NULL WHERE id > 70;

INSERT INTO keys_include.item VALUES (101, NULL, NULL), (102, NULL, NULL);

DELETE FROM keys_include.item WHERE id = 20;

INSERT INTO keys_include.item VALUES (20, 'c20', 'back') ON CONFLICT ON CONSTRAINT item_code DO NOTHING RETURNING *;
