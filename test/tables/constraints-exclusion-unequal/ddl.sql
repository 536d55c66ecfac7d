-- Exclusions by other operators than equality and overlap: animals of one kind to a cage, ranges that touch, one that carries further columns.
CREATE SCHEMA constraints_exclusion_unequal;
CREATE TABLE constraints_exclusion_unequal.item (
  id integer PRIMARY KEY,
  cage integer NOT NULL,
  animal text NOT NULL,
  shift int4range,
  spot box,
  CONSTRAINT one_kind EXCLUDE USING gist (cage WITH =, animal WITH <>),
  CONSTRAINT never_touch EXCLUDE USING gist (shift WITH -|-) INCLUDE (animal, id) WITH (fillfactor = 70),
  CONSTRAINT same_spot EXCLUDE USING gist (spot WITH ~=) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO constraints_exclusion_unequal.item SELECT i, i % 12, 'kind ' || i % 4, int4range(i * 4, i * 4 + 3), box(point(i, 0), point(i + 1, 1)) FROM generate_series(1, 60) AS i;
COMMENT ON CONSTRAINT one_kind ON constraints_exclusion_unequal.item IS 'they would eat each other';
GRANT USAGE ON SCHEMA constraints_exclusion_unequal TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON constraints_exclusion_unequal.item TO shadowstep_test_app;
