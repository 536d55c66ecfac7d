-- Descending, nulls first and last, covering, an operator class that is not the default, the same columns twice.
CREATE SCHEMA indexes_columns;
CREATE TABLE indexes_columns.item (id integer PRIMARY KEY, a text, b integer, c text COLLATE "C", d date);
INSERT INTO indexes_columns.item SELECT i, 'a' || i, nullif(i % 7, 3), 'c' || i, date '2024-01-01' + i FROM generate_series(1, 90) AS i;
CREATE INDEX item_1 ON indexes_columns.item (a DESC, b ASC NULLS FIRST, d DESC NULLS LAST);
CREATE INDEX item_2 ON indexes_columns.item (a text_pattern_ops, c varchar_pattern_ops DESC);
CREATE INDEX item_3 ON indexes_columns.item (b) INCLUDE (a, c, d);
CREATE INDEX item_4 ON indexes_columns.item (b) INCLUDE (a, c, d);
CREATE INDEX item_5 ON indexes_columns.item USING gin (a public.gin_trgm_ops);
CREATE INDEX item_6 ON indexes_columns.item USING gist (a public.gist_trgm_ops (siglen = 32));
CREATE UNIQUE INDEX item_7 ON indexes_columns.item (d DESC, id) WITH (fillfactor = 33, deduplicate_items = off);
GRANT USAGE ON SCHEMA indexes_columns TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_columns.item TO shadowstep_test_app;
