INSERT INTO columns_storage_and_compression.item VALUES (100, 'a', repeat('b', 9000), repeat('c', 9000), repeat('d', 9000), 1.5, 'e');

UPDATE columns_storage_and_compression.item SET outside = outside || 'x' WHERE id % 4 = 0;

UPDATE columns_storage_and_compression.item SET plain = 'q' WHERE id % 4 = 1;

DELETE FROM columns_storage_and_compression.item WHERE id = 6;

SELECT length(outside), length(extended) FROM columns_storage_and_compression.item WHERE id IN (4, 100) ORDER BY id;
