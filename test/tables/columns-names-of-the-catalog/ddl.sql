-- A table and columns named as things of the catalog and of the tool's own statements are.
CREATE SCHEMA columns_names_of_the_catalog;
CREATE TABLE columns_names_of_the_catalog.pg_class (oid integer PRIMARY KEY, ctid_ text, s text, l text, e text, f text, seq bigint, key_1 text, xmin_ text);
INSERT INTO columns_names_of_the_catalog.pg_class SELECT i, 'c', 's', 'l', 'e', 'f', i, 'k' || i FROM generate_series(1, 50) AS i;
CREATE UNIQUE INDEX pg_type ON columns_names_of_the_catalog.pg_class (key_1, seq);
CREATE INDEX orders ON columns_names_of_the_catalog.pg_class (s, l, e, f);
GRANT USAGE ON SCHEMA columns_names_of_the_catalog TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON columns_names_of_the_catalog.pg_class TO shadowstep_test_app;
