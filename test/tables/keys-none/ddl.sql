-- No key at all: nothing tells its rows apart.
CREATE SCHEMA keys_none;
CREATE TABLE keys_none.item (a integer, b text);
INSERT INTO keys_none.item SELECT i % 5, 'b' FROM generate_series(1, 20) AS i;
CREATE UNIQUE INDEX item_a ON keys_none.item (a, b) WHERE a > 100;
GRANT USAGE ON SCHEMA keys_none TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_none.item TO shadowstep_test_app;
