-- A smallint key by a smallserial, whose sequence is a smallint too.
CREATE SCHEMA keys_smallint;
CREATE TABLE keys_smallint.item (id smallserial PRIMARY KEY, note text);
INSERT INTO keys_smallint.item (note) SELECT 'n' || i FROM generate_series(1, 60) AS i;
DELETE FROM keys_smallint.item WHERE id % 7 = 0;
GRANT USAGE ON SCHEMA keys_smallint TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_smallint.item TO shadowstep_test_app;
GRANT USAGE ON SEQUENCE keys_smallint.item_id_seq TO shadowstep_test_app;
