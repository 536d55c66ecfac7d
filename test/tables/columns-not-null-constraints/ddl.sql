-- NOT NULL as a named constraint, not valid, not inherited, commented on (18).
CREATE SCHEMA columns_not_null_constraints;
CREATE TABLE columns_not_null_constraints.item (
  id integer CONSTRAINT "id is there" NOT NULL PRIMARY KEY,
  a integer CONSTRAINT a_there NOT NULL NO INHERIT,
  b text,
  c text NOT NULL
);
INSERT INTO columns_not_null_constraints.item SELECT i, i, CASE WHEN i % 5 > 0 THEN 'b' END, 'c' FROM generate_series(1, 60) AS i;
ALTER TABLE columns_not_null_constraints.item ADD CONSTRAINT "b is there" NOT NULL b NOT VALID;
COMMENT ON CONSTRAINT "b is there" ON columns_not_null_constraints.item IS 'not for the old rows';
COMMENT ON CONSTRAINT a_there ON columns_not_null_constraints.item IS 'there';
GRANT USAGE ON SCHEMA columns_not_null_constraints TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_not_null_constraints.item TO shadowstep_test_app;
