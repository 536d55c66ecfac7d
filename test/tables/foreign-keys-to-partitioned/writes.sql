-- refused 23503
INSERT INTO foreign_keys_to_partitioned.item VALUES (100, 999, 'eu');

INSERT INTO foreign_keys_to_partitioned.item VALUES (100, 2, 'eu', 2);

DELETE FROM foreign_keys_to_partitioned.parent WHERE id = 5;

UPDATE foreign_keys_to_partitioned.item SET code = 4 WHERE region = 'eu' AND id < 10;

-- refused 23503
DELETE FROM foreign_keys_to_partitioned.parent WHERE id = 4 AND region = 'eu';

DELETE FROM foreign_keys_to_partitioned.item WHERE code = 4;

SELECT count(*) FROM foreign_keys_to_partitioned.item;
