-- Two NULLs are one value: a unique constraint and a unique index NULLS NOT DISTINCT (15).
CREATE SCHEMA indexes_nulls_not_distinct;
CREATE TABLE indexes_nulls_not_distinct.item (id integer PRIMARY KEY, a integer, b text, CONSTRAINT item_a UNIQUE NULLS NOT DISTINCT (a, b));
INSERT INTO indexes_nulls_not_distinct.item SELECT i, nullif(i, 5), 'b' FROM generate_series(1, 60) AS i;
CREATE UNIQUE INDEX item_b ON indexes_nulls_not_distinct.item (b, a) NULLS NOT DISTINCT WHERE a IS NULL;
GRANT USAGE ON SCHEMA indexes_nulls_not_distinct TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_nulls_not_distinct.item TO shadowstep_test_app;
