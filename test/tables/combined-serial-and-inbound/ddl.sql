-- A serial key whose sequence another table uses, referenced by a table that has a serial of its own name.
CREATE SCHEMA combined_serial_and_inbound;
CREATE TABLE combined_serial_and_inbound.item (id serial PRIMARY KEY, parent integer REFERENCES combined_serial_and_inbound.item, note text DEFAULT 'as usual');
CREATE TABLE combined_serial_and_inbound.item_id (seq serial PRIMARY KEY, item_id integer DEFAULT currval('combined_serial_and_inbound.item_id_seq') REFERENCES combined_serial_and_inbound.item ON DELETE CASCADE);
CREATE TABLE combined_serial_and_inbound.item2 (LIKE combined_serial_and_inbound.item INCLUDING ALL);
INSERT INTO combined_serial_and_inbound.item (parent) SELECT nullif(i / 2, 0) FROM generate_series(1, 40) AS i;
INSERT INTO combined_serial_and_inbound.item_id (item_id) SELECT i FROM generate_series(1, 20) AS i;
GRANT USAGE ON SCHEMA combined_serial_and_inbound TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON combined_serial_and_inbound.item TO shadowstep_test_app;
GRANT SELECT, INSERT ON combined_serial_and_inbound.item_id, combined_serial_and_inbound.item2 TO shadowstep_test_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA combined_serial_and_inbound TO shadowstep_test_app;
