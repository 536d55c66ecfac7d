-- An unlogged table whose identity is logged and whose serial is not (15).
CREATE SCHEMA settings_unlogged_mixed;
CREATE UNLOGGED TABLE settings_unlogged_mixed.item (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n serial, note text);
ALTER SEQUENCE settings_unlogged_mixed.item_id_seq SET LOGGED;
INSERT INTO settings_unlogged_mixed.item (note) SELECT 'n' || i FROM generate_series(1, 60) AS i;
GRANT USAGE ON SCHEMA settings_unlogged_mixed TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON settings_unlogged_mixed.item TO shadowstep_test_app;
GRANT USAGE ON SEQUENCE settings_unlogged_mixed.item_n_seq TO shadowstep_test_app;
