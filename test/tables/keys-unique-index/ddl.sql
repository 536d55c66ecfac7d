-- No primary key: a unique index over NOT NULL columns stands for it; a partial and a nullable one do not.
CREATE SCHEMA keys_unique_index;
CREATE TABLE keys_unique_index.item (a integer NOT NULL, b text NOT NULL, c integer);
INSERT INTO keys_unique_index.item SELECT i, 'b' || i % 10, nullif(i % 6, 0) FROM generate_series(1, 70) AS i;
CREATE UNIQUE INDEX "item: a then b" ON keys_unique_index.item (a, b);
CREATE UNIQUE INDEX item_partly ON keys_unique_index.item (b) WHERE a < 5;
CREATE UNIQUE INDEX item_nullable ON keys_unique_index.item (c, a);
GRANT USAGE ON SCHEMA keys_unique_index TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_unique_index.item TO shadowstep_test_app;
