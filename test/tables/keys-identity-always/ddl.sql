-- A key GENERATED ALWAYS AS IDENTITY that counts in steps of ten, three at a time.
CREATE SCHEMA keys_identity_always;
CREATE TABLE keys_identity_always.item (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 1000 INCREMENT BY 10 MINVALUE 500 MAXVALUE 100000 CACHE 3) PRIMARY KEY,
  note text
);
INSERT INTO keys_identity_always.item (note) SELECT 'n' || i FROM generate_series(1, 50) AS i;
GRANT USAGE ON SCHEMA keys_identity_always TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_identity_always.item TO shadowstep_test_app;
