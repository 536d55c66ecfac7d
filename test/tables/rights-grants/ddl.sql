-- Grants of every privilege, on the table and on columns, to roles and PUBLIC, with grant options; some taken from the owner.
CREATE SCHEMA rights_grants;
CREATE TABLE rights_grants.item (id integer PRIMARY KEY, n integer, note text);
INSERT INTO rights_grants.item SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
GRANT SELECT, INSERT ON rights_grants.item TO shadowstep_test_reader WITH GRANT OPTION;
GRANT UPDATE (note, n), SELECT (id), REFERENCES (id) ON rights_grants.item TO shadowstep_test_reader;
GRANT INSERT (id) ON rights_grants.item TO shadowstep_test_app WITH GRANT OPTION;
GRANT SELECT (id) ON rights_grants.item TO PUBLIC;
GRANT TRIGGER, REFERENCES ON rights_grants.item TO shadowstep_test_app;
REVOKE DELETE, TRUNCATE ON rights_grants.item FROM CURRENT_USER;
GRANT USAGE ON SCHEMA rights_grants TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON rights_grants.item TO shadowstep_test_app;
CREATE TABLE rights_grants.hidden (id integer);
