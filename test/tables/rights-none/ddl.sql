-- The application may write some columns and read none; the owner has nothing granted away.
CREATE SCHEMA rights_none;
CREATE TABLE rights_none.item (id integer PRIMARY KEY, n integer, note text);
INSERT INTO rights_none.item SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
GRANT USAGE ON SCHEMA rights_none TO shadowstep_test_app;
GRANT INSERT (id, note) ON rights_none.item TO shadowstep_test_app;
