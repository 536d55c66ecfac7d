-- A type of the schema bears the name that the array of the row type usually has.
CREATE SCHEMA columns_array_type_taken;
CREATE TYPE columns_array_type_taken._item AS (a integer);
CREATE TABLE columns_array_type_taken.item (id integer PRIMARY KEY, was columns_array_type_taken._item);
INSERT INTO columns_array_type_taken.item SELECT i, ROW(i)::columns_array_type_taken._item FROM generate_series(1, 30) AS i;
GRANT USAGE ON SCHEMA columns_array_type_taken TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_array_type_taken.item TO shadowstep_test_app;
