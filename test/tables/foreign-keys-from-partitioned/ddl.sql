-- A foreign key in from a partitioned table, one of whose partitions is partitioned itself.
CREATE SCHEMA foreign_keys_from_partitioned;
CREATE TABLE foreign_keys_from_partitioned.item (id integer PRIMARY KEY, note text);
CREATE TABLE foreign_keys_from_partitioned.child (id integer, region text, item_id integer, n integer,
  CONSTRAINT child_item FOREIGN KEY (item_id) REFERENCES foreign_keys_from_partitioned.item ON DELETE CASCADE) PARTITION BY LIST (region);
CREATE TABLE foreign_keys_from_partitioned.child_eu PARTITION OF foreign_keys_from_partitioned.child FOR VALUES IN ('eu');
CREATE TABLE foreign_keys_from_partitioned.child_us PARTITION OF foreign_keys_from_partitioned.child FOR VALUES IN ('us') PARTITION BY RANGE (n);
CREATE TABLE foreign_keys_from_partitioned.child_us_1 PARTITION OF foreign_keys_from_partitioned.child_us FOR VALUES FROM (0) TO (50);
CREATE TABLE foreign_keys_from_partitioned.child_us_2 PARTITION OF foreign_keys_from_partitioned.child_us DEFAULT;
COMMENT ON CONSTRAINT child_item ON foreign_keys_from_partitioned.child IS 'of all its partitions';
INSERT INTO foreign_keys_from_partitioned.item SELECT i, 'n' FROM generate_series(1, 50) AS i;
INSERT INTO foreign_keys_from_partitioned.child SELECT i, (ARRAY['eu', 'us'])[1 + i % 2], 1 + i % 50, i FROM generate_series(1, 100) AS i;
GRANT USAGE ON SCHEMA foreign_keys_from_partitioned TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON foreign_keys_from_partitioned.item TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON foreign_keys_from_partitioned.child TO shadowstep_test_app;
