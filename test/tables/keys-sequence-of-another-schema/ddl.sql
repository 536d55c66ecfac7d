-- A serial whose sequence lies in another schema, descends, and has a cache.
CREATE SCHEMA keys_sequence_of_another_schema;
CREATE SCHEMA keys_sequence_of_another_schema_counters;
CREATE TABLE keys_sequence_of_another_schema.item (id integer NOT NULL, note text, PRIMARY KEY (id));
CREATE SEQUENCE keys_sequence_of_another_schema_counters.down AS integer INCREMENT BY -1 MINVALUE -2000 MAXVALUE 2000 START WITH 100 CACHE 4 CYCLE;
ALTER TABLE keys_sequence_of_another_schema.item ALTER COLUMN id SET DEFAULT nextval('keys_sequence_of_another_schema_counters.down');
INSERT INTO keys_sequence_of_another_schema.item (note) SELECT 'n' || i FROM generate_series(1, 30) AS i;
GRANT USAGE ON SCHEMA keys_sequence_of_another_schema TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_sequence_of_another_schema.item TO shadowstep_test_app;
GRANT USAGE ON SCHEMA keys_sequence_of_another_schema_counters TO shadowstep_test_app;
GRANT USAGE ON SEQUENCE keys_sequence_of_another_schema_counters.down TO shadowstep_test_app;
