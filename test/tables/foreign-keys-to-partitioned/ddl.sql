-- Foreign keys out to a partitioned table, one by its key, one by a unique constraint.
CREATE SCHEMA foreign_keys_to_partitioned;
CREATE TABLE foreign_keys_to_partitioned.parent (id integer, region text, code integer, PRIMARY KEY (id, region), UNIQUE (region, code)) PARTITION BY LIST (region);
CREATE TABLE foreign_keys_to_partitioned.parent_eu PARTITION OF foreign_keys_to_partitioned.parent FOR VALUES IN ('eu');
CREATE TABLE foreign_keys_to_partitioned.parent_us PARTITION OF foreign_keys_to_partitioned.parent FOR VALUES IN ('us');
CREATE TABLE foreign_keys_to_partitioned.item (
  id integer PRIMARY KEY,
  parent_id integer,
  region text,
  code integer,
  FOREIGN KEY (parent_id, region) REFERENCES foreign_keys_to_partitioned.parent ON DELETE CASCADE,
  CONSTRAINT by_code FOREIGN KEY (region, code) REFERENCES foreign_keys_to_partitioned.parent (region, code)
);
INSERT INTO foreign_keys_to_partitioned.parent SELECT i, (ARRAY['eu', 'us'])[1 + i % 2], i FROM generate_series(1, 20) AS i;
INSERT INTO foreign_keys_to_partitioned.item SELECT i, 1 + i % 20, (ARRAY['eu', 'us'])[1 + (1 + i % 20) % 2], NULL FROM generate_series(1, 60) AS i;
GRANT USAGE ON SCHEMA foreign_keys_to_partitioned TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON foreign_keys_to_partitioned.item TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON foreign_keys_to_partitioned.parent TO shadowstep_test_app;
