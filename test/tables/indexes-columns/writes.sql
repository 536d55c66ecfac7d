INSERT INTO indexes_columns.item VALUES (100, 'new', 1, NULL, '2030-01-01');

UPDATE indexes_columns.item SET a = reverse(a), b = NULL WHERE id % 4 = 0;

-- refused 23505
UPDATE indexes_columns.item SET id = 1, d = '2024-01-02' WHERE id = 2;

DELETE FROM indexes_columns.item WHERE d < '2024-01-09';

SELECT id FROM indexes_columns.item WHERE a LIKE '%5' ORDER BY a DESC;
