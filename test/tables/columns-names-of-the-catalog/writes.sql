INSERT INTO columns_names_of_the_catalog.pg_class (oid, key_1, seq) VALUES (100, 'k1', 100);

-- refused 23505
INSERT INTO columns_names_of_the_catalog.pg_class (oid, key_1, seq) VALUES (101, 'k1', 1);

UPDATE columns_names_of_the_catalog.pg_class SET seq = seq + 1 WHERE oid % 3 = 0;

UPDATE columns_names_of_the_catalog.pg_class SET oid = oid + 500 WHERE oid < 10;

DELETE FROM columns_names_of_the_catalog.pg_class WHERE key_1 = 'k22';
