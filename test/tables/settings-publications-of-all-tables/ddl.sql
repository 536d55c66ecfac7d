-- A publication FOR ALL TABLES, which the request accepts: our tables are in it for a while, and updates of them are never refused.
CREATE SCHEMA settings_publications_of_all_tables;
CREATE TABLE settings_publications_of_all_tables.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO settings_publications_of_all_tables.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE INDEX item_n ON settings_publications_of_all_tables.item (n);
GRANT USAGE ON SCHEMA settings_publications_of_all_tables TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA settings_publications_of_all_tables TO shadowstep_test_app;
