-- Nothing to copy but the key: every other column is generated or an identity.
CREATE SCHEMA columns_all_but_the_key_generated;
CREATE TABLE columns_all_but_the_key_generated.item (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  square bigint GENERATED ALWAYS AS (id::bigint * id) STORED
);
INSERT INTO columns_all_but_the_key_generated.item SELECT FROM generate_series(1, 50);
GRANT USAGE ON SCHEMA columns_all_but_the_key_generated TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_all_but_the_key_generated.item TO shadowstep_test_app;
