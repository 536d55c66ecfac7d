INSERT INTO partitions_published_via_root.sale VALUES (200, 'eu', 200, 'new'), (201, 'us', 201, 'new');

UPDATE partitions_published_via_root.sale SET note = note || '!' WHERE id % 5 = 0;

UPDATE partitions_published_via_root.sale SET region = 'us' WHERE id IN (3, 4);

-- refused 23505
UPDATE partitions_published_via_root.sale SET code = 6 WHERE id = 7;

UPDATE partitions_published_via_root.sale SET region = 'uk', code = code + 1000 WHERE region = 'us' AND id < 20;

DELETE FROM partitions_published_via_root.item WHERE id BETWEEN 40 AND 50;

TRUNCATE partitions_published_via_root.item;

INSERT INTO partitions_published_via_root.item VALUES (300, 'uk', 300, 'after');
