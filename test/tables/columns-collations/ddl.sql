-- Columns with collations: of ICU, of libc, of the table's own schema, and one that is not deterministic.
CREATE SCHEMA columns_collations;
CREATE COLLATION columns_collations.numeric_order (provider = icu, locale = 'en-u-kn-true');
CREATE COLLATION columns_collations.blind (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
CREATE TABLE columns_collations.item (
  id integer PRIMARY KEY,
  a text COLLATE "C",
  b text COLLATE "POSIX" DEFAULT 'b',
  c varchar(40) COLLATE columns_collations.numeric_order,
  d text COLLATE columns_collations.blind UNIQUE,
  e text[] COLLATE "sv-x-icu"
);
INSERT INTO columns_collations.item SELECT i, 'a' || i, 'b', 'part ' || i, 'd' || i, ARRAY['ä', 'z'] FROM generate_series(1, 60) AS i;
CREATE INDEX item_c ON columns_collations.item (c, a COLLATE "en-x-icu" DESC);
GRANT USAGE ON SCHEMA columns_collations TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_collations.item TO shadowstep_test_app;
