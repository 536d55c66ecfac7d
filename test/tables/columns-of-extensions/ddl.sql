-- Types and operator classes with parameters that extensions bring: a path as key, cubes, ISBNs in a unique constraint, sets of integers, texts by their trigrams.
CREATE SCHEMA columns_of_extensions;
CREATE TABLE columns_of_extensions.item (
  path public.ltree PRIMARY KEY,
  area public.cube DEFAULT '(1,2),(3,4)',
  isbn public.isbn13 UNIQUE,
  members integer[] NOT NULL,
  title text,
  above public.ltree GENERATED ALWAYS AS (public.subpath(path, 0, -1)) STORED,
  kin public.ltree[],
  CONSTRAINT two_steps CHECK (public.nlevel(path) >= 2),
  CONSTRAINT apart EXCLUDE USING gist (area public.gist_cube_ops WITH OPERATOR(public.&&)) WHERE (title = 'alone')
);
INSERT INTO columns_of_extensions.item (path, area, isbn, members, title, kin)
SELECT ('top.n' || i % 6 || '.k' || i)::public.ltree, public.cube(ARRAY[i, i]::float8[], ARRAY[i + 0.5, i + 0.25]::float8[]), ('978000000' || lpad(i::text, 3, '0') || '?')::public.isbn13,
       ARRAY[i, i % 7, i % 3], 'Title ' || i, ARRAY['a.b', 'a.b.c' || i]::public.ltree[]
FROM generate_series(1, 60) AS i;
CREATE INDEX item_path ON columns_of_extensions.item USING gist (path public.gist_ltree_ops (siglen = 100));
CREATE INDEX item_kin ON columns_of_extensions.item USING gist (kin public.gist__ltree_ops (siglen = 12));
CREATE INDEX item_members ON columns_of_extensions.item USING gist (members public.gist__int_ops (numranges = 50));
CREATE INDEX item_bits ON columns_of_extensions.item USING gist (members public.gist__intbig_ops (siglen = 64));
CREATE INDEX item_gin ON columns_of_extensions.item USING gin (members public.gin__int_ops, title public.gin_trgm_ops, (cardinality(members))) WITH (fastupdate = off);
CREATE INDEX item_title ON columns_of_extensions.item USING gist (title public.gist_trgm_ops (siglen = 40), area);
GRANT USAGE ON SCHEMA columns_of_extensions TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_of_extensions.item TO shadowstep_test_app;
