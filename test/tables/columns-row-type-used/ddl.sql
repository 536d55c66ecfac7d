-- Another table has a column of this table's row type: refused, since the row type is the table's own.
CREATE SCHEMA columns_row_type_used;
CREATE TABLE columns_row_type_used.item (id integer PRIMARY KEY, note text);
CREATE TABLE columns_row_type_used.keeper (id integer PRIMARY KEY, kept columns_row_type_used.item);
INSERT INTO columns_row_type_used.item SELECT i, 'n' FROM generate_series(1, 10) AS i;
GRANT USAGE ON SCHEMA columns_row_type_used TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_row_type_used.item TO shadowstep_test_app;
