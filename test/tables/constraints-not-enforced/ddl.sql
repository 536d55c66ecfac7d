-- Constraints that are NOT ENFORCED (18): CHECKs and foreign keys in, out and to itself, with rows that violate them.
CREATE SCHEMA constraints_not_enforced;
CREATE TABLE constraints_not_enforced.parent (id integer PRIMARY KEY);
CREATE TABLE constraints_not_enforced.item (
  id integer PRIMARY KEY,
  parent_id integer,
  up integer,
  a integer,
  CONSTRAINT wish CHECK (a > 100) NOT ENFORCED,
  CONSTRAINT must CHECK (a > 0) ENFORCED,
  CONSTRAINT hope FOREIGN KEY (parent_id) REFERENCES constraints_not_enforced.parent ON DELETE CASCADE NOT ENFORCED,
  CONSTRAINT self FOREIGN KEY (up) REFERENCES constraints_not_enforced.item NOT ENFORCED
);
CREATE TABLE constraints_not_enforced.child (id integer PRIMARY KEY, item_id integer CONSTRAINT belongs REFERENCES constraints_not_enforced.item DEFERRABLE NOT ENFORCED);
INSERT INTO constraints_not_enforced.parent SELECT generate_series(1, 10);
INSERT INTO constraints_not_enforced.item SELECT i, i, -i, i FROM generate_series(1, 50) AS i;
INSERT INTO constraints_not_enforced.child SELECT i, i * 10 FROM generate_series(1, 20) AS i;
COMMENT ON CONSTRAINT wish ON constraints_not_enforced.item IS 'only a wish';
COMMENT ON CONSTRAINT belongs ON constraints_not_enforced.child IS 'only a hope';
GRANT USAGE ON SCHEMA constraints_not_enforced TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON constraints_not_enforced.item TO shadowstep_test_app;
GRANT SELECT, INSERT ON constraints_not_enforced.child TO shadowstep_test_app;
