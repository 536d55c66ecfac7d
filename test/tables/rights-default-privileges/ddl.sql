-- Default privileges give every new table of the owner rights that this one was made without.
CREATE SCHEMA rights_default_privileges;
CREATE TABLE rights_default_privileges.item (id integer PRIMARY KEY, n integer, note text);
INSERT INTO rights_default_privileges.item SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
ALTER DEFAULT PRIVILEGES IN SCHEMA rights_default_privileges GRANT ALL ON TABLES TO shadowstep_test_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA rights_default_privileges GRANT USAGE ON SEQUENCES TO PUBLIC;
ALTER TABLE rights_default_privileges.item ADD COLUMN number integer GENERATED ALWAYS AS IDENTITY;
GRANT USAGE ON SCHEMA rights_default_privileges TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON rights_default_privileges.item TO shadowstep_test_app;
