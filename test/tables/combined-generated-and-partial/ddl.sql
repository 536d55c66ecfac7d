-- Stored generated columns in a unique constraint, a partial index and an exclusion; a key over one of them.
CREATE SCHEMA combined_generated_and_partial;
CREATE TABLE combined_generated_and_partial.item (
  number integer NOT NULL,
  kind text NOT NULL,
  key text GENERATED ALWAYS AS (kind || '-' || number::text) STORED NOT NULL,
  half integer GENERATED ALWAYS AS (number / 2) STORED,
  CONSTRAINT item_key UNIQUE (key),
  EXCLUDE USING btree (half WITH =) WHERE (kind = 'pair')
);
INSERT INTO combined_generated_and_partial.item SELECT i, (ARRAY['a', 'b', 'c'])[1 + i % 3] FROM generate_series(1, 60) AS i;
CREATE UNIQUE INDEX item_half ON combined_generated_and_partial.item (half) WHERE kind = 'a' AND number % 2 = 0;
GRANT USAGE ON SCHEMA combined_generated_and_partial TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON combined_generated_and_partial.item TO shadowstep_test_app;
