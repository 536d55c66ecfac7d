-- refused 23505
INSERT INTO indexes_nulls_not_distinct.item VALUES (100, NULL, 'b');

INSERT INTO indexes_nulls_not_distinct.item VALUES (101, NULL, NULL);

-- refused 23505
INSERT INTO indexes_nulls_not_distinct.item VALUES (102, NULL, NULL);

-- The pair moves from one row to another.
BEGIN; UPDATE indexes_nulls_not_distinct.item SET a = 500 WHERE id = 5; UPDATE indexes_nulls_not_distinct.item SET a = NULL WHERE id = 6; COMMIT;

DELETE FROM indexes_nulls_not_distinct.item WHERE id = 101;

INSERT INTO indexes_nulls_not_distinct.item VALUES (103, NULL, NULL) RETURNING *;
