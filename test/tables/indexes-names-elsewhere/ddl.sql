-- Names that other schemas have too: of the table, its indexes, its constraints, its sequence.
CREATE SCHEMA indexes_names_elsewhere;
CREATE SCHEMA indexes_names_elsewhere_too;
CREATE TABLE indexes_names_elsewhere_too.item (id serial PRIMARY KEY, code text CONSTRAINT item_code_key UNIQUE, n integer CONSTRAINT positive CHECK (n > 0));
CREATE INDEX item_n ON indexes_names_elsewhere_too.item (n);
CREATE TABLE indexes_names_elsewhere.item (id serial PRIMARY KEY, code text CONSTRAINT item_code_key UNIQUE, n integer CONSTRAINT positive CHECK (n > 0));
CREATE INDEX item_n ON indexes_names_elsewhere.item (n);
INSERT INTO indexes_names_elsewhere.item (code, n) SELECT 'c' || i, i FROM generate_series(1, 40) AS i;
INSERT INTO indexes_names_elsewhere_too.item (code, n) SELECT 'd' || i, i FROM generate_series(1, 10) AS i;
GRANT USAGE ON SCHEMA indexes_names_elsewhere TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_names_elsewhere.item TO shadowstep_test_app;
GRANT USAGE ON SCHEMA indexes_names_elsewhere_too TO shadowstep_test_app;
GRANT SELECT, INSERT ON indexes_names_elsewhere_too.item TO shadowstep_test_app;
GRANT USAGE ON SEQUENCE indexes_names_elsewhere.item_id_seq, indexes_names_elsewhere_too.item_id_seq TO shadowstep_test_app;
