-- A table OF a type: refused, its type rules its columns.
CREATE SCHEMA settings_typed_table;
CREATE TYPE settings_typed_table.kind AS (id integer, note text);
CREATE TABLE settings_typed_table.item OF settings_typed_table.kind (PRIMARY KEY (id));
INSERT INTO settings_typed_table.item SELECT i, 'n' FROM generate_series(1, 10) AS i;
GRANT USAGE ON SCHEMA settings_typed_table TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON settings_typed_table.item TO shadowstep_test_app;
