-- A partition rebuilt in its place while its root is published as one table, another publication knows the partition alone, and it has a replica identity of its own.
CREATE SCHEMA partitions_published_via_root;
CREATE TABLE partitions_published_via_root.sale (id integer NOT NULL, region text NOT NULL, code integer NOT NULL, note text, PRIMARY KEY (region, id)) PARTITION BY LIST (region);
CREATE TABLE partitions_published_via_root.item PARTITION OF partitions_published_via_root.sale FOR VALUES IN ('eu', 'uk');
CREATE TABLE partitions_published_via_root.us PARTITION OF partitions_published_via_root.sale FOR VALUES IN ('us') PARTITION BY RANGE (id);
CREATE TABLE partitions_published_via_root.us_1 PARTITION OF partitions_published_via_root.us FOR VALUES FROM (MINVALUE) TO (1000);
CREATE UNIQUE INDEX item_code ON partitions_published_via_root.item (code);
ALTER TABLE partitions_published_via_root.item REPLICA IDENTITY USING INDEX item_code;
ALTER TABLE partitions_published_via_root.us_1 REPLICA IDENTITY FULL;
INSERT INTO partitions_published_via_root.sale SELECT i, (ARRAY['eu', 'uk', 'us'])[1 + i % 3], i, 'n' || i FROM generate_series(1, 90) AS i;
CREATE PUBLICATION partitions_published_via_root_root FOR TABLE partitions_published_via_root.sale WITH (publish_via_partition_root = true);
CREATE PUBLICATION partitions_published_via_root_leaves FOR TABLE partitions_published_via_root.sale WITH (publish = 'insert, update, delete');
CREATE PUBLICATION partitions_published_via_root_alone FOR TABLE partitions_published_via_root.item, partitions_published_via_root.us_1 WITH (publish = 'insert, truncate', publish_via_partition_root = true);
COMMENT ON PUBLICATION partitions_published_via_root_root IS 'as one table';
GRANT USAGE ON SCHEMA partitions_published_via_root TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA partitions_published_via_root TO shadowstep_test_app;
