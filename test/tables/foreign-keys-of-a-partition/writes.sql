INSERT INTO foreign_keys_of_a_partition.item VALUES (100, 5, 'new');

-- refused 23503
INSERT INTO foreign_keys_of_a_partition.item VALUES (101, 25, 'not in Europe');

-- refused 23503
INSERT INTO foreign_keys_of_a_partition.line VALUES (100, 5000, 'open');

INSERT INTO foreign_keys_of_a_partition.line VALUES (101, 5000, 'closed');

DELETE FROM foreign_keys_of_a_partition.place WHERE id = 4;

UPDATE foreign_keys_of_a_partition.item SET id = id + 1000 WHERE id IN (10, 11, 12);

-- refused 23503
UPDATE foreign_keys_of_a_partition.line SET state = 'open' WHERE id = 12;

DELETE FROM foreign_keys_of_a_partition.item WHERE id BETWEEN 30 AND 35;

UPDATE foreign_keys_of_a_partition.line SET state = 'closed' WHERE id < 5;

SELECT * FROM foreign_keys_of_a_partition.line WHERE item_id IS NULL OR item_id > 100 ORDER BY id;

SELECT count(*) FROM foreign_keys_of_a_partition.mark;
