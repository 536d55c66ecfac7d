-- The plainest table: a bigint key that nothing generates.
CREATE SCHEMA keys_bigint;
CREATE TABLE keys_bigint.item (
  id bigint PRIMARY KEY,
  note text
);
INSERT INTO keys_bigint.item SELECT i::bigint * 1000000007, 'note ' || i FROM generate_series(-20, 80) AS i;
GRANT USAGE ON SCHEMA keys_bigint TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_bigint.item TO shadowstep_test_app;
