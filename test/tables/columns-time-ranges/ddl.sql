-- Ranges and multiranges of moments, a range type over text with a multirange type named by hand, under GiST, SP-GiST and an exclusion of multiranges; a range in the key.
CREATE SCHEMA columns_time_ranges;
CREATE TYPE columns_time_ranges.words AS RANGE (subtype = text, collation = "C", multirange_type_name = columns_time_ranges.chapters);
CREATE TABLE columns_time_ranges.item (
  id integer,
  during tstzrange,
  open tstzmultirange,
  local tsmultirange DEFAULT '{}',
  said columns_time_ranges.words DEFAULT '[a,b)',
  book columns_time_ranges.chapters,
  CONSTRAINT item_key PRIMARY KEY (id, during),
  CONSTRAINT open_apart EXCLUDE USING gist (open WITH &&) WHERE (id < 900),
  CONSTRAINT not_empty CHECK (NOT isempty(during) AND open <@ tstzmultirange(tstzrange('2020-01-01Z', NULL)))
);
INSERT INTO columns_time_ranges.item (id, during, open, local, book)
SELECT i, tstzrange(timestamptz '2024-03-31 00:00Z' + i * interval '1 hour', timestamptz '2024-03-31 02:00Z' + i * interval '1 hour', '(]'),
       tstzmultirange(tstzrange(timestamptz '2024-01-01Z' + i * interval '2 day', timestamptz '2024-01-02Z' + i * interval '2 day'), tstzrange(timestamptz '2025-01-01Z' + i * interval '2 day', timestamptz '2025-01-02Z' + i * interval '2 day')),
       tsmultirange(tsrange('2024-01-01', timestamp '2024-01-01' + i * interval '1 s'), tsrange('2030-01-01', 'infinity')),
       columns_time_ranges.chapters(columns_time_ranges.words('a' || i, 'b'), columns_time_ranges.words('c', NULL))
FROM generate_series(1, 60) AS i;
CREATE INDEX item_during ON columns_time_ranges.item USING gist (during) WITH (fillfactor = 60);
CREATE INDEX item_open ON columns_time_ranges.item USING gist (open, range_merge(local)) INCLUDE (id);
CREATE INDEX item_said ON columns_time_ranges.item USING spgist (during) WHERE said <> 'empty';
CREATE INDEX item_book ON columns_time_ranges.item USING gist (book);
CREATE INDEX item_end ON columns_time_ranges.item (upper(during) DESC, upper_inf(open), said);
CREATE INDEX item_hash ON columns_time_ranges.item USING hash (open);
COMMENT ON CONSTRAINT open_apart ON columns_time_ranges.item IS 'each day once';
GRANT USAGE ON SCHEMA columns_time_ranges TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_time_ranges.item TO shadowstep_test_app;
