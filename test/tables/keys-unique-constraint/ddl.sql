-- A unique constraint over NOT NULL columns is the key, and the replica identity; a deferrable primary key is not usable.
CREATE SCHEMA keys_unique_constraint;
CREATE TABLE keys_unique_constraint.item (
  id integer CONSTRAINT later PRIMARY KEY DEFERRABLE INITIALLY DEFERRED,
  code varchar(20) NOT NULL CONSTRAINT item_code UNIQUE,
  note text
);
INSERT INTO keys_unique_constraint.item SELECT i, 'c' || i, 'n' FROM generate_series(1, 60) AS i;
ALTER TABLE keys_unique_constraint.item REPLICA IDENTITY USING INDEX item_code;
GRANT USAGE ON SCHEMA keys_unique_constraint TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_unique_constraint.item TO shadowstep_test_app;
