-- A uuid key, given by the application.
CREATE SCHEMA keys_uuid;
CREATE TABLE keys_uuid.item (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), note text NOT NULL DEFAULT 'as usual');
INSERT INTO keys_uuid.item (id, note) SELECT md5(i::text)::uuid, 'n' || i FROM generate_series(1, 100) AS i;
GRANT USAGE ON SCHEMA keys_uuid TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_uuid.item TO shadowstep_test_app;
