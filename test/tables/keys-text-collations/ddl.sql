-- Text keys under collations of their own: one of ICU, one that takes upper and lower case for equal.
CREATE SCHEMA keys_text_collations;
CREATE COLLATION keys_text_collations.careless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE keys_text_collations.item (
  language text COLLATE "de-x-icu",
  word text COLLATE keys_text_collations.careless,
  plain text COLLATE "C",
  PRIMARY KEY (language, word),
  UNIQUE (plain)
);
INSERT INTO keys_text_collations.item
SELECT (ARRAY['de', 'Ärger', 'arg', 'zoo', 'Zürich'])[1 + i % 5], 'Wort' || i, 'p' || i FROM generate_series(1, 90) AS i;
CREATE INDEX item_word ON keys_text_collations.item (word COLLATE "fr-x-icu");
GRANT USAGE ON SCHEMA keys_text_collations TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_text_collations.item TO shadowstep_test_app;
