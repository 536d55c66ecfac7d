-- Clustered on the primary key, replica identity by a unique index that is not the key.
CREATE SCHEMA indexes_clustered_on_the_key;
CREATE TABLE indexes_clustered_on_the_key.item (id integer PRIMARY KEY, code text NOT NULL);
INSERT INTO indexes_clustered_on_the_key.item SELECT i, 'c' || i FROM generate_series(1, 60) AS i;
CREATE UNIQUE INDEX "item code" ON indexes_clustered_on_the_key.item (code);
ALTER TABLE indexes_clustered_on_the_key.item CLUSTER ON item_pkey;
ALTER TABLE indexes_clustered_on_the_key.item REPLICA IDENTITY USING INDEX "item code";
COMMENT ON INDEX indexes_clustered_on_the_key."item code" IS 'what a subscriber finds its rows by';
GRANT USAGE ON SCHEMA indexes_clustered_on_the_key TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_clustered_on_the_key.item TO shadowstep_test_app;
