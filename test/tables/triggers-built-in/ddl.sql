-- Triggers whose functions are C: PostgreSQL's own for text search and for updates that change nothing, and an extension's that fill columns in.
CREATE SCHEMA triggers_built_in;
CREATE SEQUENCE triggers_built_in.numbers START WITH 1000;
CREATE TABLE triggers_built_in.item (id integer PRIMARY KEY, number integer, who text, title text, body text, config regconfig DEFAULT 'pg_catalog.simple', words tsvector, by_config tsvector);
CREATE TRIGGER a_number BEFORE INSERT OR UPDATE ON triggers_built_in.item FOR EACH ROW EXECUTE FUNCTION public.autoinc('number', 'triggers_built_in.numbers');
CREATE TRIGGER b_who BEFORE INSERT OR UPDATE ON triggers_built_in.item FOR EACH ROW EXECUTE FUNCTION public.insert_username('who');
CREATE TRIGGER c_words BEFORE INSERT OR UPDATE ON triggers_built_in.item FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger('words', 'pg_catalog.english', 'title', 'body');
CREATE TRIGGER d_config BEFORE INSERT OR UPDATE ON triggers_built_in.item FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger_column('by_config', 'config', 'body');
CREATE TRIGGER z_only_changes BEFORE UPDATE ON triggers_built_in.item FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
INSERT INTO triggers_built_in.item (id, title, body) SELECT i, 'Title ' || i, 'The foxes were jumping ' || i || ' times' FROM generate_series(1, 50) AS i;
CREATE INDEX item_words ON triggers_built_in.item USING gin (words, by_config);
GRANT USAGE ON SCHEMA triggers_built_in TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON triggers_built_in.item TO shadowstep_test_app;
GRANT USAGE ON SEQUENCE triggers_built_in.numbers TO shadowstep_test_app;
