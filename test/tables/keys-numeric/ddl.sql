-- A numeric key: 1 and 1.00 are one key, and their scales are kept.
CREATE SCHEMA keys_numeric;
CREATE TABLE keys_numeric.item (amount numeric PRIMARY KEY, fixed numeric(12, 3) UNIQUE, sum real);
INSERT INTO keys_numeric.item SELECT i / 8.0, i, i * 1.5 FROM generate_series(-30, 60) AS i;
GRANT USAGE ON SCHEMA keys_numeric TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_numeric.item TO shadowstep_test_app;
