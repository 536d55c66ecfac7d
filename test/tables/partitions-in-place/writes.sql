INSERT INTO partitions_in_place.sale (id, region, n) VALUES (200, 'eu', 5), (201, 'us', 5);

UPDATE partitions_in_place.sale SET n = n + 1 WHERE id < 10;

UPDATE partitions_in_place.sale SET id = 300 WHERE id = 2;

UPDATE partitions_in_place.sale SET id = 3, region = 'eu' WHERE id = 3;

-- refused 23514
INSERT INTO partitions_in_place.item (id, region, n) VALUES (500, 'eu', 1);

INSERT INTO partitions_in_place.item (id, region) VALUES (99, 'eu') ON CONFLICT DO NOTHING;

DELETE FROM partitions_in_place.sale WHERE id = 20;

TRUNCATE partitions_in_place.item;

INSERT INTO partitions_in_place.sale (id, region, n) VALUES (50, 'eu', 7);
