-- An index that is not valid, as a failed CREATE INDEX CONCURRENTLY leaves one: refused, with what to do.
CREATE SCHEMA indexes_invalid;
CREATE TABLE indexes_invalid.item (id integer PRIMARY KEY, a integer);
INSERT INTO indexes_invalid.item SELECT i, i % 5 FROM generate_series(1, 30) AS i;
CREATE INDEX item_a ON indexes_invalid.item (a);
SELECT public.invalidate('indexes_invalid.item_a');
GRANT USAGE ON SCHEMA indexes_invalid TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_invalid.item TO shadowstep_test_app;
