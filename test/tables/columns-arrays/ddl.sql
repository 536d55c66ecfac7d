-- Arrays of many types, of more dimensions, with other lower bounds, with NULL inside.
CREATE SCHEMA columns_arrays;
CREATE TYPE columns_arrays.mood AS ENUM ('low', 'high');
CREATE TYPE columns_arrays.point3 AS (x integer, y integer, z text);
CREATE TABLE columns_arrays.item (
  id integer[] PRIMARY KEY,
  texts text[] DEFAULT '{"a b",NULL,"NULL","{}"}',
  grid integer[][] NOT NULL DEFAULT '[0:1][2:3]={{1,2},{3,4}}',
  moods columns_arrays.mood[],
  points columns_arrays.point3[],
  ranges int4range[],
  moments timestamptz[],
  bytes bytea[],
  documents jsonb[]
);
INSERT INTO columns_arrays.item (id, moods, points, ranges, moments, bytes, documents)
SELECT ARRAY[i, -i], ARRAY['low', NULL]::columns_arrays.mood[], ARRAY[ROW(i, NULL, 'a,b"c')::columns_arrays.point3, NULL],
       ARRAY[int4range(i, i + 5), 'empty'], ARRAY[timestamptz '2024-01-01Z' + i * interval '1 h', 'infinity'],
       ARRAY[decode(md5(i::text), 'hex')], ARRAY[jsonb_build_object('n', i), 'null']
FROM generate_series(1, 50) AS i;
CREATE INDEX item_texts ON columns_arrays.item USING gin (texts);
GRANT USAGE ON SCHEMA columns_arrays TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_arrays.item TO shadowstep_test_app;
