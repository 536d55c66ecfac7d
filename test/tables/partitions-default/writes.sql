INSERT INTO partitions_default.sale VALUES (200, '2030-01-01', 5), (201, '2024-06-15', 5), (99, '2024-01-01', 5), (100, '2024-01-01', 5);

-- refused 23514
INSERT INTO partitions_default.item VALUES (202, '2024-06-15', 5);

UPDATE partitions_default.sale SET at = '2024-06-20' WHERE id BETWEEN 20 AND 25;

UPDATE partitions_default.sale SET at = '2024-08-01' WHERE id BETWEEN 60 AND 70 RETURNING id;

-- refused 23514
UPDATE partitions_default.sale SET note = NULL WHERE id = 200;

DELETE FROM partitions_default.strays WHERE at > '2024-08-15';

UPDATE partitions_default.item SET id = id + 1000 WHERE id % 2 = 0 AND id < 40;

SELECT count(*), sum(id) FROM partitions_default.strays;
