-- Table, indexes and constraints' indexes each in a tablespace or not.
CREATE SCHEMA indexes_tablespaces;
CREATE TABLE indexes_tablespaces.item (
  id integer PRIMARY KEY USING INDEX TABLESPACE shadowstep_test_space,
  a integer UNIQUE,
  b text,
  EXCLUDE USING btree (b WITH =) USING INDEX TABLESPACE shadowstep_test_space
) TABLESPACE shadowstep_test_space;
INSERT INTO indexes_tablespaces.item SELECT i, -i, repeat('b', 30) || i FROM generate_series(1, 80) AS i;
CREATE INDEX item_there ON indexes_tablespaces.item (b) TABLESPACE shadowstep_test_space WHERE a < -10 AND b <> ' WHERE x';
CREATE INDEX item_here ON indexes_tablespaces.item (b, a);
GRANT USAGE ON SCHEMA indexes_tablespaces TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_tablespaces.item TO shadowstep_test_app;
