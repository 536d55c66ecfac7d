-- A grant option was used: a grant on the table whose grantor is not the owner. Refused, since only the grantor could give it again.
CREATE SCHEMA rights_grants_by_another_role;
CREATE TABLE rights_grants_by_another_role.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO rights_grants_by_another_role.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
GRANT USAGE ON SCHEMA rights_grants_by_another_role TO shadowstep_test_reader, shadowstep_test_app;
GRANT SELECT ON rights_grants_by_another_role.item TO shadowstep_test_app WITH GRANT OPTION;
SELECT public.grant_on('rights_grants_by_another_role.item');
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA rights_grants_by_another_role TO shadowstep_test_app;
