-- A temporal primary key and no other (18): refused, since equality alone does not find its rows by an index.
CREATE SCHEMA constraints_temporal_key_alone;
CREATE TABLE constraints_temporal_key_alone.item (id integer, valid daterange, PRIMARY KEY (id, valid WITHOUT OVERLAPS));
INSERT INTO constraints_temporal_key_alone.item SELECT i, '[2021-01-01,2025-01-01)' FROM generate_series(1, 20) AS i;
GRANT USAGE ON SCHEMA constraints_temporal_key_alone TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON constraints_temporal_key_alone.item TO shadowstep_test_app;
