-- Publications with a column list, with a row filter, and with both.
CREATE SCHEMA settings_publications_filtered;
CREATE TABLE settings_publications_filtered.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO settings_publications_filtered.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE PUBLICATION settings_publications_filtered_columns FOR TABLE settings_publications_filtered.item (id, note);
CREATE PUBLICATION settings_publications_filtered_rows FOR TABLE settings_publications_filtered.item WHERE (id > 10 AND id < 1000);
CREATE PUBLICATION settings_publications_filtered_both FOR TABLE settings_publications_filtered.item (id, n) WHERE (id <> 7);
GRANT USAGE ON SCHEMA settings_publications_filtered TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA settings_publications_filtered TO shadowstep_test_app;
