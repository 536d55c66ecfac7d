-- A publication of all tables of the schema (15): it publishes what stands in the schema, before and after, and ours never.
CREATE TABLE settings_publications_of_a_schema.item (id integer PRIMARY KEY, n integer, note text);
INSERT INTO settings_publications_of_a_schema.item SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
GRANT USAGE ON SCHEMA settings_publications_of_a_schema TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA settings_publications_of_a_schema TO shadowstep_test_app;
