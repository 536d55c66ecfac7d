-- Storage parameters of the table and of its TOAST table, in an order of their own, with rows that are there.
CREATE SCHEMA settings_toast_parameters;
CREATE TABLE settings_toast_parameters.item (id integer PRIMARY KEY, long text, document jsonb)
WITH (toast.autovacuum_vacuum_threshold = 99, fillfactor = 50, toast.log_autovacuum_min_duration = 1000, autovacuum_analyze_threshold = 77,
      autovacuum_vacuum_insert_threshold = -1, toast.vacuum_truncate = false, toast_tuple_target = 200, autovacuum_freeze_max_age = 300000000);
ALTER TABLE settings_toast_parameters.item ALTER COLUMN long SET STORAGE EXTERNAL;
INSERT INTO settings_toast_parameters.item SELECT i, repeat(md5(i::text), 100 * (i % 4)), jsonb_build_object('k', repeat('v', i)) FROM generate_series(1, 40) AS i;
GRANT USAGE ON SCHEMA settings_toast_parameters TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON settings_toast_parameters.item TO shadowstep_test_app;
