-- Dropped columns in between, fast defaults, storage, compression and options of columns; parameters of table, TOAST and indexes; clustered; replica identity by an index.
CREATE SCHEMA combined_dropped_columns_and_parameters;
CREATE TABLE combined_dropped_columns_and_parameters.item (
  gone_first bigint,
  long text,
  id integer NOT NULL,
  gone_second text DEFAULT 'was there',
  word text NOT NULL,
  gone_third integer,
  number bigint NOT NULL
) WITH (fillfactor = 65, toast_tuple_target = 256, autovacuum_analyze_scale_factor = 0.02, parallel_workers = 1, toast.autovacuum_vacuum_threshold = 7, toast.vacuum_truncate = off);
ALTER TABLE combined_dropped_columns_and_parameters.item ALTER COLUMN long SET STORAGE EXTERNAL, ALTER COLUMN word SET STORAGE MAIN, ALTER COLUMN word SET COMPRESSION pglz;
INSERT INTO combined_dropped_columns_and_parameters.item SELECT i, repeat(md5(i::text), 20 * (i % 4)), i, 'x', 'w' || i % 30, i, i * 10 FROM generate_series(1, 50) AS i;
ALTER TABLE combined_dropped_columns_and_parameters.item DROP COLUMN gone_first;
ALTER TABLE combined_dropped_columns_and_parameters.item ADD COLUMN fast integer NOT NULL DEFAULT 42, ADD COLUMN at timestamptz DEFAULT '2024-05-06 07:08Z', ADD COLUMN list text[] DEFAULT '{a,"b,c",NULL}';
ALTER TABLE combined_dropped_columns_and_parameters.item DROP COLUMN gone_second;
INSERT INTO combined_dropped_columns_and_parameters.item SELECT repeat('l', i), i, 'w' || i % 30, i, i * 10, i FROM generate_series(51, 60) AS i;
ALTER TABLE combined_dropped_columns_and_parameters.item DROP COLUMN gone_third, ADD COLUMN late jsonb DEFAULT '{"k": [1]}', ADD COLUMN never text;
ALTER TABLE combined_dropped_columns_and_parameters.item ALTER COLUMN fast SET DEFAULT 43, ALTER COLUMN list DROP DEFAULT;
ALTER TABLE combined_dropped_columns_and_parameters.item ADD CONSTRAINT item_key PRIMARY KEY (id) WITH (fillfactor = 45), ADD CONSTRAINT late_is CHECK (late IS NOT NULL);
ALTER TABLE combined_dropped_columns_and_parameters.item
  ALTER COLUMN word SET STATISTICS 0,
  ALTER COLUMN number SET STATISTICS 500,
  ALTER COLUMN number SET (n_distinct = -1, n_distinct_inherited = -0.5),
  ALTER COLUMN late SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX item_number ON combined_dropped_columns_and_parameters.item (number, id) WITH (fillfactor = 77, deduplicate_items = off);
CREATE INDEX item_word ON combined_dropped_columns_and_parameters.item (word DESC NULLS LAST, (fast + 1)) INCLUDE (at) WITH (fillfactor = 33);
ALTER INDEX combined_dropped_columns_and_parameters.item_word ALTER COLUMN 2 SET STATISTICS 44;
CREATE INDEX item_list ON combined_dropped_columns_and_parameters.item USING gin (list, late) WITH (fastupdate = off, gin_pending_list_limit = 64);
ALTER TABLE combined_dropped_columns_and_parameters.item CLUSTER ON item_word, REPLICA IDENTITY USING INDEX item_number;
GRANT USAGE ON SCHEMA combined_dropped_columns_and_parameters TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON combined_dropped_columns_and_parameters.item TO shadowstep_test_app;
