-- An index, a CHECK and a generated column that hold another table by its OID.
CREATE SCHEMA indexes_regclass_of_another;
CREATE TABLE indexes_regclass_of_another.other (id integer);
CREATE TABLE indexes_regclass_of_another.item (
  id integer PRIMARY KEY,
  relation oid,
  same boolean GENERATED ALWAYS AS (relation = 'indexes_regclass_of_another.other'::regclass::oid) STORED,
  CHECK (relation <> 'pg_catalog.pg_class'::regclass::oid)
);
INSERT INTO indexes_regclass_of_another.item (id, relation) SELECT i, CASE WHEN i % 3 = 0 THEN 'indexes_regclass_of_another.other'::regclass::oid ELSE i::oid END FROM generate_series(1, 40) AS i;
CREATE INDEX item_other ON indexes_regclass_of_another.item (id) WHERE relation = 'indexes_regclass_of_another.other'::regclass::oid;
GRANT USAGE ON SCHEMA indexes_regclass_of_another TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_regclass_of_another.item TO shadowstep_test_app;
