UPDATE foreign_keys_from_partitioned.item SET note = 'touched' WHERE id < 20;

DELETE FROM foreign_keys_from_partitioned.item WHERE id = 7;

-- refused 23503
INSERT INTO foreign_keys_from_partitioned.child VALUES (200, 'us', 7, 3);

-- refused 23503
UPDATE foreign_keys_from_partitioned.item SET id = 1000 WHERE id = 9;

INSERT INTO foreign_keys_from_partitioned.item VALUES (7, 'back');

INSERT INTO foreign_keys_from_partitioned.child VALUES (200, 'us', 7, 3);

SELECT count(*) FROM foreign_keys_from_partitioned.child;
