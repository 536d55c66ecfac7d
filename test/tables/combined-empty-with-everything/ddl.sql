-- No rows, and all that can hang on a table hangs on it; the application fills it at last.
CREATE SCHEMA combined_empty_with_everything;
CREATE TABLE combined_empty_with_everything.parent (id integer PRIMARY KEY);
CREATE TABLE combined_empty_with_everything.item (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  n serial UNIQUE DEFERRABLE,
  parent_id integer REFERENCES combined_empty_with_everything.parent,
  span int4range,
  twice integer GENERATED ALWAYS AS (parent_id * 2) STORED,
  EXCLUDE USING gist (span WITH &&),
  CHECK (parent_id > 0)
);
ALTER TABLE combined_empty_with_everything.item ADD CONSTRAINT later CHECK (twice < 100) NOT VALID;
CREATE TABLE combined_empty_with_everything.child (item_id integer REFERENCES combined_empty_with_everything.item NOT NULL);
CREATE INDEX item_twice ON combined_empty_with_everything.item (twice) WHERE twice > 5;
CREATE FUNCTION combined_empty_with_everything.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER nothing AFTER INSERT ON combined_empty_with_everything.item FOR EACH ROW EXECUTE FUNCTION combined_empty_with_everything.nothing();
ALTER TABLE combined_empty_with_everything.item REPLICA IDENTITY FULL;
INSERT INTO combined_empty_with_everything.parent SELECT generate_series(1, 60);
GRANT USAGE ON SCHEMA combined_empty_with_everything TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON combined_empty_with_everything.item TO shadowstep_test_app;
GRANT SELECT, INSERT ON combined_empty_with_everything.child TO shadowstep_test_app;
GRANT USAGE ON SEQUENCE combined_empty_with_everything.item_n_seq TO shadowstep_test_app;
