INSERT INTO combined_partition_with_dependents.sale (id, n, at) VALUES (200, 5, '2025-02-02'), (201, 5, '2027-01-01');

UPDATE combined_partition_with_dependents.sale SET n = n + 1 WHERE id < 10;

DELETE FROM combined_partition_with_dependents.watched WHERE id = 8;

SELECT combined_partition_with_dependents.refresh();

UPDATE combined_partition_with_dependents.sale SET at = '2028-01-01' WHERE id = 12;

DELETE FROM combined_partition_with_dependents.sale WHERE id = 15;

SELECT combined_partition_with_dependents.refresh();
