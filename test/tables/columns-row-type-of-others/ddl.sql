-- A column of another table's row type.
CREATE SCHEMA columns_row_type_of_others;
CREATE TABLE columns_row_type_of_others.other (a integer, b text);
CREATE TABLE columns_row_type_of_others.item (id integer PRIMARY KEY, was columns_row_type_of_others.other, were columns_row_type_of_others.other[] DEFAULT '{}');
INSERT INTO columns_row_type_of_others.item SELECT i, ROW(i, 'b' || i)::columns_row_type_of_others.other FROM generate_series(1, 40) AS i;
GRANT USAGE ON SCHEMA columns_row_type_of_others TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_row_type_of_others.item TO shadowstep_test_app;
