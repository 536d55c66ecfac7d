-- CHECKs: over one column, over several, over the whole row, NOT VALID with rows that violate it, NO INHERIT, commented on.
CREATE SCHEMA constraints_check;
CREATE TABLE constraints_check.item (
  id integer PRIMARY KEY,
  a integer CONSTRAINT "a is small" CHECK (a < 1000),
  b integer,
  c text CHECK (c ~ '^[a-z '' \\]*$'),
  CONSTRAINT ordered CHECK (a <= b) NO INHERIT,
  CONSTRAINT something CHECK (item IS DISTINCT FROM NULL),
  CONSTRAINT "always" CHECK (true)
);
INSERT INTO constraints_check.item SELECT i, i, i + i % 3, 'text' FROM generate_series(1, 60) AS i;
ALTER TABLE constraints_check.item ADD CONSTRAINT strict CHECK (a <> b) NOT VALID;
COMMENT ON CONSTRAINT strict ON constraints_check.item IS 'for new rows only';
COMMENT ON CONSTRAINT ordered ON constraints_check.item IS 'not for children';
GRANT USAGE ON SCHEMA constraints_check TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON constraints_check.item TO shadowstep_test_app;
