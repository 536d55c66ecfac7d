INSERT INTO partitions_other_columns.sale (id, region, note) VALUES (200, 'eu', 'new'), (201, NULL, 'new'), (202, 'else', NULL);

-- refused 23502
INSERT INTO partitions_other_columns.sale (id, region) VALUES (203, 'eu');

INSERT INTO partitions_other_columns.item (id, region) VALUES (203, NULL) RETURNING *;

-- refused 23514
INSERT INTO partitions_other_columns.item (id, region) VALUES (204, 'us');

UPDATE partitions_other_columns.sale SET region = 'us' WHERE id < 6;

UPDATE partitions_other_columns.sale SET region = 'eu', note = 'came' WHERE id BETWEEN 80 AND 84 RETURNING *;

-- refused 23505
UPDATE partitions_other_columns.item SET id = 10 WHERE id = 11;

-- refused 23514
INSERT INTO partitions_other_columns.sale (id, region, note) VALUES (205, 'eu', 'never');

DELETE FROM partitions_other_columns.sale WHERE tax = 4;

SELECT * FROM partitions_other_columns.all_of_it WHERE id > 78 ORDER BY id;
