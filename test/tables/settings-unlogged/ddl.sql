-- An unlogged table, whose identity and serial are unlogged too from 15 on.
CREATE SCHEMA settings_unlogged;
CREATE UNLOGGED TABLE settings_unlogged.item (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n serial, note text UNIQUE);
INSERT INTO settings_unlogged.item (note) SELECT 'n' || i FROM generate_series(1, 60) AS i;
CREATE INDEX item_n ON settings_unlogged.item (n);
GRANT USAGE ON SCHEMA settings_unlogged TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON settings_unlogged.item TO shadowstep_test_app;
GRANT USAGE ON SEQUENCE settings_unlogged.item_n_seq TO shadowstep_test_app;
