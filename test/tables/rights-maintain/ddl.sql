-- MAINTAIN, a privilege of tables from PostgreSQL 17 on, with and without grant option; the owner has taken it from itself.
CREATE SCHEMA rights_maintain;
CREATE TABLE rights_maintain.item (id integer PRIMARY KEY, note text);
INSERT INTO rights_maintain.item SELECT i, 'n' || i FROM generate_series(1, 60) AS i;
GRANT MAINTAIN ON rights_maintain.item TO shadowstep_test_app;
GRANT MAINTAIN ON rights_maintain.item TO shadowstep_test_reader WITH GRANT OPTION;
REVOKE MAINTAIN ON rights_maintain.item FROM CURRENT_USER;
GRANT USAGE ON SCHEMA rights_maintain TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON rights_maintain.item TO shadowstep_test_app;
