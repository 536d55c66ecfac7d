-- Foreign keys of single partitions: one in from a partition, one out to a partition, each of its own and not its root's; one in from a table that inherits.
CREATE SCHEMA foreign_keys_of_a_partition;
CREATE TABLE foreign_keys_of_a_partition.place (id integer NOT NULL, region text NOT NULL) PARTITION BY LIST (region);
CREATE TABLE foreign_keys_of_a_partition.place_eu PARTITION OF foreign_keys_of_a_partition.place (PRIMARY KEY (id)) FOR VALUES IN ('eu');
CREATE TABLE foreign_keys_of_a_partition.place_us PARTITION OF foreign_keys_of_a_partition.place FOR VALUES IN ('us');
CREATE TABLE foreign_keys_of_a_partition.item (id integer PRIMARY KEY, place_id integer CONSTRAINT in_europe REFERENCES foreign_keys_of_a_partition.place_eu ON DELETE CASCADE, note text);
CREATE TABLE foreign_keys_of_a_partition.line (id integer NOT NULL, item_id integer, state text NOT NULL) PARTITION BY LIST (state);
CREATE TABLE foreign_keys_of_a_partition.line_open PARTITION OF foreign_keys_of_a_partition.line (CONSTRAINT of_an_item FOREIGN KEY (item_id) REFERENCES foreign_keys_of_a_partition.item ON DELETE SET NULL ON UPDATE CASCADE) FOR VALUES IN ('open');
CREATE TABLE foreign_keys_of_a_partition.line_closed PARTITION OF foreign_keys_of_a_partition.line FOR VALUES IN ('closed');
CREATE TABLE foreign_keys_of_a_partition.mark (id integer, item_id integer);
CREATE TABLE foreign_keys_of_a_partition.red_mark (CONSTRAINT of_item FOREIGN KEY (item_id) REFERENCES foreign_keys_of_a_partition.item ON DELETE CASCADE DEFERRABLE) INHERITS (foreign_keys_of_a_partition.mark);
INSERT INTO foreign_keys_of_a_partition.place SELECT i, CASE WHEN i <= 20 THEN 'eu' ELSE 'us' END FROM generate_series(1, 40) AS i;
INSERT INTO foreign_keys_of_a_partition.item SELECT i, 1 + i % 20, 'n' || i FROM generate_series(1, 60) AS i;
INSERT INTO foreign_keys_of_a_partition.line SELECT i, i, CASE WHEN i % 3 = 0 THEN 'closed' ELSE 'open' END FROM generate_series(1, 60) AS i;
INSERT INTO foreign_keys_of_a_partition.red_mark SELECT i, i FROM generate_series(1, 60, 4) AS i;
COMMENT ON CONSTRAINT of_an_item ON foreign_keys_of_a_partition.line_open IS 'while it is open';
GRANT USAGE ON SCHEMA foreign_keys_of_a_partition TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA foreign_keys_of_a_partition TO shadowstep_test_app;
