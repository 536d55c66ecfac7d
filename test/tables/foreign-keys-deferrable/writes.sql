BEGIN; INSERT INTO foreign_keys_deferrable.item VALUES (100, 50, 1); INSERT INTO foreign_keys_deferrable.parent VALUES (50); COMMIT;

-- refused 23503
BEGIN; INSERT INTO foreign_keys_deferrable.item VALUES (101, 51, 1); COMMIT;

-- refused 23503
BEGIN; INSERT INTO foreign_keys_deferrable.item VALUES (101, 1, 52); INSERT INTO foreign_keys_deferrable.parent VALUES (52); COMMIT;

BEGIN; SET CONSTRAINTS foreign_keys_deferrable.out_immediate DEFERRED; INSERT INTO foreign_keys_deferrable.item VALUES (101, 1, 52); INSERT INTO foreign_keys_deferrable.parent VALUES (52); COMMIT;

BEGIN; INSERT INTO foreign_keys_deferrable.child VALUES (100, 777); INSERT INTO foreign_keys_deferrable.item VALUES (777, NULL, NULL); COMMIT;

UPDATE foreign_keys_deferrable.item SET id = 1000 WHERE id = 5;

-- refused 23503
BEGIN; DELETE FROM foreign_keys_deferrable.item WHERE id = 6; COMMIT;

SELECT item_id FROM foreign_keys_deferrable.child WHERE id = 5;
