-- Stored generated columns: over others, with a function of the table's own schema, in an index and in a CHECK.
CREATE SCHEMA columns_generated_stored;
CREATE FUNCTION columns_generated_stored.doubled(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS 'SELECT n * 2';
CREATE TABLE columns_generated_stored.item (
  id integer PRIMARY KEY,
  net numeric(10, 2) NOT NULL,
  rate numeric(4, 2) DEFAULT 19,
  gross numeric(12, 2) GENERATED ALWAYS AS (net * (1 + rate / 100)) STORED,
  twice numeric GENERATED ALWAYS AS (columns_generated_stored.doubled(net)) STORED NOT NULL,
  words tsvector GENERATED ALWAYS AS (to_tsvector('simple', coalesce(id::text, ''))) STORED,
  CHECK (gross >= net)
);
INSERT INTO columns_generated_stored.item (id, net) SELECT i, i * 1.25 FROM generate_series(1, 80) AS i;
CREATE INDEX item_gross ON columns_generated_stored.item (gross DESC);
CREATE INDEX item_words ON columns_generated_stored.item USING gin (words);
GRANT USAGE ON SCHEMA columns_generated_stored TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_generated_stored.item TO shadowstep_test_app;
