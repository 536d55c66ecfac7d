-- Ten ways to be unique at once: values move between rows under all of them.
CREATE SCHEMA indexes_many_unique;
CREATE TABLE indexes_many_unique.item (id integer PRIMARY KEY, a integer, b text, c integer, d uuid, e int4range);
INSERT INTO indexes_many_unique.item SELECT i, i, 'b' || i, i % 10, md5(i::text)::uuid, int4range(i, i + 1) FROM generate_series(1, 60) AS i;
ALTER TABLE indexes_many_unique.item ADD UNIQUE (a), ADD UNIQUE (b) INCLUDE (c), ADD UNIQUE (c, a), ADD UNIQUE (d) DEFERRABLE;
CREATE UNIQUE INDEX u1 ON indexes_many_unique.item ((a + 0));
CREATE UNIQUE INDEX u2 ON indexes_many_unique.item (lower(b)) WHERE c < 5;
CREATE UNIQUE INDEX u3 ON indexes_many_unique.item (b text_pattern_ops DESC);
CREATE UNIQUE INDEX u4 ON indexes_many_unique.item (e, c);
CREATE UNIQUE INDEX u5 ON indexes_many_unique.item (md5(b), a) WHERE a IS NOT NULL;
ALTER TABLE indexes_many_unique.item ADD EXCLUDE USING gist (e WITH &&);
GRANT USAGE ON SCHEMA indexes_many_unique TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_many_unique.item TO shadowstep_test_app;
