-- A key of a domain, an enum and a collated text with INCLUDE columns; a table refers to the whole of it, another to a unique constraint.
CREATE SCHEMA combined_key_of_domain_enum_and_include;
CREATE DOMAIN combined_key_of_domain_enum_and_include.region AS text COLLATE "C" CHECK (VALUE ~ '^[a-z]{2}$');
CREATE TYPE combined_key_of_domain_enum_and_include.grade AS ENUM ('low', 'mid', 'high');
ALTER TYPE combined_key_of_domain_enum_and_include.grade ADD VALUE 'lower' BEFORE 'mid';
CREATE TABLE combined_key_of_domain_enum_and_include.item (
  note text,
  grade combined_key_of_domain_enum_and_include.grade NOT NULL,
  number numeric(8, 2) NOT NULL,
  region combined_key_of_domain_enum_and_include.region DEFAULT 'de',
  price integer CONSTRAINT price_known CHECK (price IS NOT NULL) NO INHERIT,
  code text COLLATE "C" NOT NULL,
  CONSTRAINT item_key PRIMARY KEY (region, grade, code) INCLUDE (note, price) WITH (fillfactor = 75),
  CONSTRAINT item_number UNIQUE (number, grade) INCLUDE (region)
);
COMMENT ON CONSTRAINT item_key ON combined_key_of_domain_enum_and_include.item IS 'three and two';
INSERT INTO combined_key_of_domain_enum_and_include.item (note, grade, number, region, price, code)
SELECT 'n' || i, (ARRAY['low', 'mid', 'high'])[1 + i % 3]::combined_key_of_domain_enum_and_include.grade, i / 4.0, (ARRAY['de', 'fr'])[1 + i % 2], i, 'c' || i
FROM generate_series(1, 60) AS i;
ALTER TABLE combined_key_of_domain_enum_and_include.item ADD CONSTRAINT later CHECK (price > 5) NOT VALID;
CREATE TABLE combined_key_of_domain_enum_and_include.part (
  id integer PRIMARY KEY,
  region combined_key_of_domain_enum_and_include.region,
  grade combined_key_of_domain_enum_and_include.grade,
  code text COLLATE "C",
  FOREIGN KEY (region, grade, code) REFERENCES combined_key_of_domain_enum_and_include.item MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL
);
CREATE TABLE combined_key_of_domain_enum_and_include.offer (number numeric(8, 2), grade combined_key_of_domain_enum_and_include.grade, FOREIGN KEY (grade, number) REFERENCES combined_key_of_domain_enum_and_include.item (grade, number) ON DELETE CASCADE);
INSERT INTO combined_key_of_domain_enum_and_include.part SELECT price, region, grade, code FROM combined_key_of_domain_enum_and_include.item WHERE price BETWEEN 10 AND 30;
INSERT INTO combined_key_of_domain_enum_and_include.offer SELECT number, grade FROM combined_key_of_domain_enum_and_include.item WHERE price BETWEEN 20 AND 40;
GRANT USAGE ON SCHEMA combined_key_of_domain_enum_and_include TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA combined_key_of_domain_enum_and_include TO shadowstep_test_app;
