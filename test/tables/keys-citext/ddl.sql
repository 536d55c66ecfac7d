-- The key's type and its operators come with an extension, in a schema that no search_path of ours has.
CREATE SCHEMA keys_citext;
CREATE TABLE keys_citext.item (mail public.citext PRIMARY KEY, tags public.hstore, note text);
INSERT INTO keys_citext.item SELECT 'Person' || i || '@Example.ORG', public.hstore('n', i::text), 'n' FROM generate_series(1, 60) AS i;
CREATE INDEX item_tags ON keys_citext.item USING gin (tags);
GRANT USAGE ON SCHEMA keys_citext TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_citext.item TO shadowstep_test_app;
