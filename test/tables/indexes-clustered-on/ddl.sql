-- Clustered on an index that is not the key's, and its rows in that order.
CREATE SCHEMA indexes_clustered_on;
CREATE TABLE indexes_clustered_on.item (id integer PRIMARY KEY, word text);
INSERT INTO indexes_clustered_on.item SELECT i, md5(i::text) FROM generate_series(1, 100) AS i;
CREATE INDEX item_word ON indexes_clustered_on.item (word);
ALTER TABLE indexes_clustered_on.item CLUSTER ON item_word;
GRANT USAGE ON SCHEMA indexes_clustered_on TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_clustered_on.item TO shadowstep_test_app;
