-- REPLICA IDENTITY NOTHING.
CREATE SCHEMA indexes_replica_identity_nothing;
CREATE TABLE indexes_replica_identity_nothing.item (id integer PRIMARY KEY, note text);
INSERT INTO indexes_replica_identity_nothing.item SELECT i, 'n' || i FROM generate_series(1, 50) AS i;
ALTER TABLE indexes_replica_identity_nothing.item REPLICA IDENTITY NOTHING;
GRANT USAGE ON SCHEMA indexes_replica_identity_nothing TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_replica_identity_nothing.item TO shadowstep_test_app;
