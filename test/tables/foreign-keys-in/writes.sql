-- RESTRICT has an SQLSTATE of its own from 18 on.
-- refused 23503 or 23001
DELETE FROM foreign_keys_in.item WHERE id = 3;

-- An UPDATE of a row with children leaves them alone.
UPDATE foreign_keys_in.item SET note = 'touched' WHERE id < 50;

UPDATE foreign_keys_in.item SET id = 1000 + id, code = 'd' || id WHERE id BETWEEN 11 AND 13;

UPDATE foreign_keys_in.c_cascade SET code = NULL WHERE item_id = 14;

DELETE FROM foreign_keys_in.item WHERE id = 14;

DELETE FROM foreign_keys_in.item WHERE id = 22;

DELETE FROM foreign_keys_in.item WHERE id = 33;

-- refused 23503
BEGIN; DELETE FROM foreign_keys_in.item WHERE id = 44; COMMIT;

BEGIN; DELETE FROM foreign_keys_in.item WHERE id = 45; INSERT INTO foreign_keys_in.item VALUES (45, 'back', 'again'); COMMIT;

-- refused 23503
INSERT INTO foreign_keys_in_far.c_null VALUES (100, 22);

INSERT INTO foreign_keys_in.item VALUES (22, 'c22', 'anew');

INSERT INTO foreign_keys_in_far.c_null VALUES (100, 22);
