-- Deferrable keys, exclusions, foreign keys and constraint triggers on one table, all used in one transaction.
CREATE SCHEMA combined_everything_deferrable;
CREATE TABLE combined_everything_deferrable.item (
  id integer PRIMARY KEY,
  place integer CONSTRAINT place_once UNIQUE DEFERRABLE INITIALLY DEFERRED,
  span int4range,
  next_id integer REFERENCES combined_everything_deferrable.item DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT spans EXCLUDE USING gist (span WITH &&) DEFERRABLE INITIALLY DEFERRED
);
CREATE FUNCTION combined_everything_deferrable.check_late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM combined_everything_deferrable.item WHERE place IS NULL) > 3 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'too many'; END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER few_without AFTER INSERT OR UPDATE ON combined_everything_deferrable.item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION combined_everything_deferrable.check_late();
INSERT INTO combined_everything_deferrable.item SELECT i, i, int4range(i * 5, i * 5 + 5), nullif(i + 1, 51) FROM generate_series(1, 50) AS i;
GRANT USAGE ON SCHEMA combined_everything_deferrable TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON combined_everything_deferrable.item TO shadowstep_test_app;
