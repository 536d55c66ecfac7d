-- Arrays of a domain, of a domain over such an array, of XML, text search, composites with a domain in them, an extension's type, bits, paths.
CREATE SCHEMA columns_arrays_of_odd_types;
CREATE DOMAIN columns_arrays_of_odd_types.share AS numeric(6, 2) CHECK (VALUE > 0);
CREATE DOMAIN columns_arrays_of_odd_types.shares AS columns_arrays_of_odd_types.share[] CHECK (cardinality(VALUE) < 6);
CREATE TYPE columns_arrays_of_odd_types.pair AS (share columns_arrays_of_odd_types.share, name text COLLATE "C");
CREATE TABLE columns_arrays_of_odd_types.item (
  id integer PRIMARY KEY,
  shares columns_arrays_of_odd_types.share[] DEFAULT '{1,2.5,NULL}',
  limited columns_arrays_of_odd_types.shares NOT NULL DEFAULT '{7}',
  lists columns_arrays_of_odd_types.shares[],
  pages xml[],
  words tsvector[],
  queries tsquery[],
  pairs columns_arrays_of_odd_types.pair[],
  maps public.hstore[],
  bits bit varying(6)[] DEFAULT '{101,0}',
  hours timetz[],
  ways path[],
  nets inet[]
);
INSERT INTO columns_arrays_of_odd_types.item (id, lists, pages, words, queries, pairs, maps, hours, ways, nets)
SELECT i, ARRAY['{1}', (ARRAY[i, i + 0.25]::columns_arrays_of_odd_types.share[])::columns_arrays_of_odd_types.shares]::columns_arrays_of_odd_types.shares[], ARRAY[xmlparse(CONTENT '<p>' || i || '</p>'), NULL], ARRAY['a b'::tsvector, to_tsvector('simple', 'w' || i)],
       ARRAY['a & !b'::tsquery], ARRAY[ROW(i, 'n"' || i)::columns_arrays_of_odd_types.pair, ROW(NULL, NULL)::columns_arrays_of_odd_types.pair, NULL], ARRAY['a=>1, b=>NULL', NULL]::public.hstore[],
       ARRAY['12:00+05:30', '24:00-08']::timetz[], ARRAY['[(0,0),(1,1)]', '((0,0),(1,0))']::path[], ARRAY[inet '10.0.0.1/8' + i, '::1']
FROM generate_series(1, 50) AS i;
CREATE INDEX item_shares ON columns_arrays_of_odd_types.item (shares, limited DESC);
CREATE INDEX item_nets ON columns_arrays_of_odd_types.item USING gin (nets);
CREATE INDEX item_words ON columns_arrays_of_odd_types.item USING gin (words);
GRANT USAGE ON SCHEMA columns_arrays_of_odd_types TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_arrays_of_odd_types.item TO shadowstep_test_app;
