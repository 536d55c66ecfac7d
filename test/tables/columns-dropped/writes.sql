INSERT INTO columns_dropped.item VALUES (100, 'new', true) RETURNING *;

UPDATE columns_dropped.item SET code = NULL, added = '2025-01-01' WHERE id % 5 = 0;

-- refused 23505
INSERT INTO columns_dropped.item VALUES (100, 'again');

-- refused 23502
INSERT INTO columns_dropped.item VALUES (101, 'x', NULL, NULL);

DELETE FROM columns_dropped.item WHERE NOT last AND id < 9;

INSERT INTO columns_dropped.item (id) VALUES (101) RETURNING *;
