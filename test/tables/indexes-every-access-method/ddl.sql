-- An index of each access method of the server, and of one that an extension brings.
CREATE SCHEMA indexes_every_access_method;
CREATE TABLE indexes_every_access_method.item (id integer PRIMARY KEY, n integer, words text, spot point, tags integer[], at timestamptz);
INSERT INTO indexes_every_access_method.item
SELECT i, i % 20, 'word' || i, point(i, i % 7), ARRAY[i, i % 5], timestamptz '2024-01-01Z' + i * interval '1 day'
FROM generate_series(1, 120) AS i;
CREATE INDEX by_btree ON indexes_every_access_method.item USING btree (n, words);
CREATE INDEX by_hash ON indexes_every_access_method.item USING hash (words);
CREATE INDEX by_gist ON indexes_every_access_method.item USING gist (spot);
CREATE INDEX by_spgist ON indexes_every_access_method.item USING spgist (spot kd_point_ops);
CREATE INDEX by_gin ON indexes_every_access_method.item USING gin (tags) WITH (fastupdate = off, gin_pending_list_limit = 128);
CREATE INDEX by_brin ON indexes_every_access_method.item USING brin (at timestamptz_minmax_multi_ops (values_per_range = 16), id) WITH (pages_per_range = 4, autosummarize = on);
CREATE INDEX by_bloom ON indexes_every_access_method.item USING bloom (n, words) WITH (length = 96, col1 = 3);
GRANT USAGE ON SCHEMA indexes_every_access_method TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_every_access_method.item TO shadowstep_test_app;
