-- Serials of each size, a descending identity, a sequence that another table owns, and one that nobody owns and three defaults use.
CREATE SCHEMA combined_serials_and_sequences;
CREATE SEQUENCE combined_serials_and_sequences.common AS integer INCREMENT BY 5 MINVALUE -100 START WITH -100 CACHE 3;
CREATE TABLE combined_serials_and_sequences.other (no bigserial PRIMARY KEY, common integer DEFAULT nextval('combined_serials_and_sequences.common'));
CREATE TABLE combined_serials_and_sequences.item (
  small smallserial,
  id serial PRIMARY KEY,
  big bigserial,
  down integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME combined_serials_and_sequences.item_downwards INCREMENT BY -3 MINVALUE -9000 MAXVALUE -10 START WITH -10),
  of_other bigint DEFAULT nextval('combined_serials_and_sequences.other_no_seq') UNIQUE,
  common integer NOT NULL DEFAULT nextval('combined_serials_and_sequences.common'),
  twice bigint DEFAULT nextval('combined_serials_and_sequences.common') * 2 + 1
);
ALTER SEQUENCE combined_serials_and_sequences.item_big_seq RENAME TO renamed;
ALTER SEQUENCE combined_serials_and_sequences.renamed MAXVALUE 100000 CYCLE;
CREATE TABLE combined_serials_and_sequences.third (id integer PRIMARY KEY DEFAULT nextval('combined_serials_and_sequences.item_id_seq'), n bigint DEFAULT nextval('combined_serials_and_sequences.renamed'));
COMMENT ON SEQUENCE combined_serials_and_sequences.renamed IS 'was item_big_seq';
INSERT INTO combined_serials_and_sequences.item (small) SELECT nextval('combined_serials_and_sequences.item_small_seq') FROM generate_series(1, 40);
INSERT INTO combined_serials_and_sequences.other SELECT FROM generate_series(1, 5);
INSERT INTO combined_serials_and_sequences.third SELECT FROM generate_series(1, 5);
SELECT setval('combined_serials_and_sequences.renamed', 99990, false);
GRANT USAGE ON SCHEMA combined_serials_and_sequences TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA combined_serials_and_sequences TO shadowstep_test_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA combined_serials_and_sequences TO shadowstep_test_app;
GRANT SELECT ON SEQUENCE combined_serials_and_sequences.renamed TO shadowstep_test_reader WITH GRANT OPTION;
GRANT UPDATE ON SEQUENCE combined_serials_and_sequences.renamed TO shadowstep_test_app;
