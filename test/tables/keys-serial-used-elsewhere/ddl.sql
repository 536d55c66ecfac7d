-- The table owns its serial's sequence, which another table's default uses too.
CREATE SCHEMA keys_serial_used_elsewhere;
CREATE TABLE keys_serial_used_elsewhere.item (id serial PRIMARY KEY, note text);
CREATE TABLE keys_serial_used_elsewhere.other (id integer PRIMARY KEY DEFAULT nextval('keys_serial_used_elsewhere.item_id_seq'));
INSERT INTO keys_serial_used_elsewhere.item (note) SELECT 'n' || i FROM generate_series(1, 30) AS i;
GRANT USAGE ON SCHEMA keys_serial_used_elsewhere TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_serial_used_elsewhere.item TO shadowstep_test_app;
GRANT INSERT, SELECT ON keys_serial_used_elsewhere.other TO shadowstep_test_app;
GRANT USAGE ON SEQUENCE keys_serial_used_elsewhere.item_id_seq TO shadowstep_test_app;
