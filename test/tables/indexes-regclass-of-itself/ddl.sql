-- An index that holds its own table by its OID: refused, since it would hold the old table's for good.
CREATE SCHEMA indexes_regclass_of_itself;
CREATE TABLE indexes_regclass_of_itself.item (id integer PRIMARY KEY, relation oid);
INSERT INTO indexes_regclass_of_itself.item SELECT i, i FROM generate_series(1, 20) AS i;
CREATE INDEX item_self ON indexes_regclass_of_itself.item (id) WHERE relation <> 'indexes_regclass_of_itself.item'::regclass::oid;
GRANT USAGE ON SCHEMA indexes_regclass_of_itself TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_regclass_of_itself.item TO shadowstep_test_app;
