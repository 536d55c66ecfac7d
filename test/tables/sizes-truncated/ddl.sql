-- The application truncates the table twice, with RESTART IDENTITY and without, and goes on.
CREATE SCHEMA sizes_truncated;
CREATE TABLE sizes_truncated.item (id serial PRIMARY KEY, n integer);
INSERT INTO sizes_truncated.item (n) SELECT i FROM generate_series(1, 80) AS i;
GRANT USAGE ON SCHEMA sizes_truncated TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON sizes_truncated.item TO shadowstep_test_app;
GRANT USAGE ON SEQUENCE sizes_truncated.item_id_seq TO shadowstep_test_app;
