-- Virtual generated columns (18), beside a stored one.
CREATE SCHEMA columns_generated_virtual;
CREATE TABLE columns_generated_virtual.item (
  id integer PRIMARY KEY,
  a integer,
  b integer,
  sum integer GENERATED ALWAYS AS (a + b) VIRTUAL,
  product bigint GENERATED ALWAYS AS (a::bigint * b) STORED,
  label text COLLATE "C" GENERATED ALWAYS AS (upper('n' || id::text)),
  CHECK (sum < 1000)
);
INSERT INTO columns_generated_virtual.item (id, a, b) SELECT i, i, i % 7 FROM generate_series(1, 60) AS i;
COMMENT ON COLUMN columns_generated_virtual.item.sum IS 'never stored';
GRANT USAGE ON SCHEMA columns_generated_virtual TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_generated_virtual.item TO shadowstep_test_app;
