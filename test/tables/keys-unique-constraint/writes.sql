UPDATE keys_unique_constraint.item SET id = id + 1;

UPDATE keys_unique_constraint.item SET code = 'd' || id WHERE id > 50;

-- Checked at the end of the transaction.
-- refused 23505
INSERT INTO keys_unique_constraint.item VALUES (7, 'new', NULL);

BEGIN; INSERT INTO keys_unique_constraint.item VALUES (7, 'new', NULL); UPDATE keys_unique_constraint.item SET id = 700 WHERE code = 'new'; COMMIT;

-- refused 23505
INSERT INTO keys_unique_constraint.item VALUES (900, 'new', NULL);

DELETE FROM keys_unique_constraint.item WHERE id < 5;

UPDATE keys_unique_constraint.item SET id = -id;

INSERT INTO keys_unique_constraint.item VALUES (1, 'one', 'first') RETURNING *;
