-- The table belongs to an extension: refused, since DROP EXTENSION would take the wrong one.
CREATE SCHEMA settings_extension_member;
CREATE TABLE settings_extension_member.item (id integer PRIMARY KEY, n integer, note text);
INSERT INTO settings_extension_member.item SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
SELECT public.adopt('settings_extension_member.item');
GRANT USAGE ON SCHEMA settings_extension_member TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON settings_extension_member.item TO shadowstep_test_app;
