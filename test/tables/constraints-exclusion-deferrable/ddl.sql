-- Exclusion constraints that are deferrable: what follows the table by ON CONFLICT cannot have them.
CREATE SCHEMA constraints_exclusion_deferrable;
CREATE TABLE constraints_exclusion_deferrable.item (
  id integer PRIMARY KEY,
  span int4range,
  code text,
  CONSTRAINT apart EXCLUDE USING gist (span WITH &&) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT code_once EXCLUDE USING btree (code WITH =) DEFERRABLE INITIALLY IMMEDIATE
);
INSERT INTO constraints_exclusion_deferrable.item SELECT i, int4range(i * 10, i * 10 + 10), 'c' || i FROM generate_series(1, 60) AS i;
COMMENT ON CONSTRAINT apart ON constraints_exclusion_deferrable.item IS 'at the end';
GRANT USAGE ON SCHEMA constraints_exclusion_deferrable TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON constraints_exclusion_deferrable.item TO shadowstep_test_app;
