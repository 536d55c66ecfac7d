INSERT INTO columns_not_null_constraints.item VALUES (100, 1, 'b', 'c');

-- refused 23502
INSERT INTO columns_not_null_constraints.item VALUES (101, 1, NULL, 'c');

-- refused 23502
UPDATE columns_not_null_constraints.item SET a = NULL WHERE id = 3;

-- An old row cannot stay as it is once it is touched.
-- refused 23502
UPDATE columns_not_null_constraints.item SET c = 'd' WHERE id = 5;

UPDATE columns_not_null_constraints.item SET b = 'mended' WHERE id = 10;

DELETE FROM columns_not_null_constraints.item WHERE id = 15;
