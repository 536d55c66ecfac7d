-- Indexes and table with storage parameters; the constraints' indexes with theirs.
CREATE SCHEMA indexes_storage_parameters;
CREATE TABLE indexes_storage_parameters.item (
  id integer,
  a integer,
  b text,
  PRIMARY KEY (id) WITH (fillfactor = 60),
  UNIQUE (a) WITH (fillfactor = 40, deduplicate_items = off),
  EXCLUDE USING btree (b WITH =) WITH (fillfactor = 55)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.3, parallel_workers = 2, user_catalog_table = false, toast_tuple_target = 500,
        vacuum_truncate = on, toast.autovacuum_enabled = off, toast.vacuum_index_cleanup = off, autovacuum_enabled = off);
INSERT INTO indexes_storage_parameters.item SELECT i, -i, 'b' || i FROM generate_series(1, 80) AS i;
CREATE INDEX item_b ON indexes_storage_parameters.item (b) WITH (fillfactor = 100);
CREATE INDEX item_g ON indexes_storage_parameters.item USING gist (point(a, id)) WITH (buffering = off, fillfactor = 44);
GRANT USAGE ON SCHEMA indexes_storage_parameters TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_storage_parameters.item TO shadowstep_test_app;
