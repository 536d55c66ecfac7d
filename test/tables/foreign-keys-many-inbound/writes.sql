UPDATE foreign_keys_many_inbound.item SET note = 'x' WHERE id % 2 = 0;

DELETE FROM foreign_keys_many_inbound.part WHERE id = 7;

DELETE FROM foreign_keys_many_inbound.item WHERE id = 3;

-- refused 23503
UPDATE foreign_keys_many_inbound.item SET best = 7 WHERE id = 9;

BEGIN; INSERT INTO foreign_keys_many_inbound.item VALUES (100); INSERT INTO foreign_keys_many_inbound.part VALUES (100, 100); UPDATE foreign_keys_many_inbound.item SET best = 100 WHERE id = 100; COMMIT;

SELECT (SELECT count(*) FROM foreign_keys_many_inbound.item WHERE best IS NULL), (SELECT count(*) FROM foreign_keys_many_inbound.part), (SELECT count(*) FROM foreign_keys_many_inbound.piece);
