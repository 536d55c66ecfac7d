-- One sequence, owned by nobody, numbers two tables.
CREATE SCHEMA keys_shared_sequence;
CREATE SEQUENCE keys_shared_sequence.numbers INCREMENT BY 2 START WITH 11;
CREATE TABLE keys_shared_sequence.item (id bigint PRIMARY KEY DEFAULT nextval('keys_shared_sequence.numbers'), note text);
CREATE TABLE keys_shared_sequence.other (id bigint PRIMARY KEY DEFAULT nextval('keys_shared_sequence.numbers'), note text);
INSERT INTO keys_shared_sequence.item (note) SELECT 'n' || i FROM generate_series(1, 40) AS i;
INSERT INTO keys_shared_sequence.other (note) SELECT 'o' || i FROM generate_series(1, 10) AS i;
GRANT USAGE ON SCHEMA keys_shared_sequence TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_shared_sequence.item TO shadowstep_test_app;
GRANT INSERT, SELECT ON keys_shared_sequence.other TO shadowstep_test_app;
GRANT USAGE ON SEQUENCE keys_shared_sequence.numbers TO shadowstep_test_app;
