-- Dropped columns leave gaps: at the start, between and before the last, one of them in the middle of an index's columns.
CREATE SCHEMA columns_dropped;
CREATE TABLE columns_dropped.item (gone_first text, id integer, gone integer, code text, gone_too numeric(10, 2) DEFAULT 3, last boolean);
INSERT INTO columns_dropped.item SELECT 'x', i, i, 'c' || i, 3, i % 2 = 0 FROM generate_series(1, 60) AS i;
ALTER TABLE columns_dropped.item DROP COLUMN gone_first, DROP COLUMN gone;
ALTER TABLE columns_dropped.item ADD PRIMARY KEY (id);
ALTER TABLE columns_dropped.item DROP COLUMN gone_too;
ALTER TABLE columns_dropped.item ADD COLUMN added date NOT NULL DEFAULT '2024-05-05';
CREATE INDEX item_code ON columns_dropped.item (last, code) INCLUDE (added) WHERE last;
GRANT USAGE ON SCHEMA columns_dropped TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_dropped.item TO shadowstep_test_app;
