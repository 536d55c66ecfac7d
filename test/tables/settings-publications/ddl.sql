-- Two publications of the table, one of them of inserts only.
CREATE SCHEMA settings_publications;
CREATE TABLE settings_publications.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO settings_publications.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE PUBLICATION settings_publications_all FOR TABLE settings_publications.item;
CREATE PUBLICATION settings_publications_inserts FOR TABLE settings_publications.item WITH (publish = 'insert');
COMMENT ON PUBLICATION settings_publications_all IS 'all of it';
GRANT USAGE ON SCHEMA settings_publications TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA settings_publications TO shadowstep_test_app;
