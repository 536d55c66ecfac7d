-- REPLICA IDENTITY FULL.
CREATE SCHEMA indexes_replica_identity_full;
CREATE TABLE indexes_replica_identity_full.item (id integer PRIMARY KEY, note text);
INSERT INTO indexes_replica_identity_full.item SELECT i, 'n' || i FROM generate_series(1, 50) AS i;
ALTER TABLE indexes_replica_identity_full.item REPLICA IDENTITY FULL;
GRANT USAGE ON SCHEMA indexes_replica_identity_full TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_replica_identity_full.item TO shadowstep_test_app;
