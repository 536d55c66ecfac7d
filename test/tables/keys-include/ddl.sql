-- A primary key and a unique constraint that each carry further columns.
CREATE SCHEMA keys_include;
CREATE TABLE keys_include.item (
  id integer,
  code text,
  note text,
  PRIMARY KEY (id) INCLUDE (note),
  CONSTRAINT item_code UNIQUE (code) INCLUDE (id, note) WITH (fillfactor = 70)
);
INSERT INTO keys_include.item SELECT i, 'c' || i, 'n' || i FROM generate_series(1, 80) AS i;
GRANT USAGE ON SCHEMA keys_include TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_include.item TO shadowstep_test_app;
