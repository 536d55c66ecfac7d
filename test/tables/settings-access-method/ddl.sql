-- Kept by another access method than heap, be it one that works as heap does: refused.
CREATE SCHEMA settings_access_method;
CREATE TABLE settings_access_method.item (id integer PRIMARY KEY, n integer, note text) USING shadowstep_test_heap;
INSERT INTO settings_access_method.item SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
GRANT USAGE ON SCHEMA settings_access_method TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA settings_access_method TO shadowstep_test_app;
