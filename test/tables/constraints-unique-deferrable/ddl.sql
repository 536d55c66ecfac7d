-- Unique constraints that are checked at the end of the statement, or of the transaction.
CREATE SCHEMA constraints_unique_deferrable;
CREATE TABLE constraints_unique_deferrable.item (
  id integer PRIMARY KEY,
  place integer,
  rank integer,
  grp integer,
  CONSTRAINT place_once UNIQUE (place) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT rank_once UNIQUE (grp, rank) INCLUDE (place) DEFERRABLE INITIALLY IMMEDIATE
);
INSERT INTO constraints_unique_deferrable.item SELECT i, i, i, i % 4 FROM generate_series(1, 60) AS i;
COMMENT ON CONSTRAINT place_once ON constraints_unique_deferrable.item IS 'at the end';
COMMENT ON INDEX constraints_unique_deferrable.rank_once IS 'its index';
GRANT USAGE ON SCHEMA constraints_unique_deferrable TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON constraints_unique_deferrable.item TO shadowstep_test_app;
