-- A bytea key beside ranges, arrays, networks, xml, text search and geometry, under GIN, GiST and SP-GiST indexes and exclusions by three access methods.
CREATE SCHEMA combined_special_types_and_indexes;
CREATE TYPE combined_special_types_and_indexes.pair AS (a integer, b text);
CREATE TABLE combined_special_types_and_indexes.item (
  id bytea PRIMARY KEY,
  span int4range NOT NULL,
  spans int4multirange DEFAULT '{[1,3),[5,7)}',
  net cidr,
  grid integer[][],
  pairs combined_special_types_and_indexes.pair[],
  document xml,
  query tsquery,
  place point,
  area box,
  reach numrange,
  bits varbit(20),
  body text,
  words tsvector GENERATED ALWAYS AS (setweight(to_tsvector('english', coalesce(body, '')), 'B')) STORED,
  CONSTRAINT spans_apart EXCLUDE USING gist (span WITH &&, net inet_ops WITH &&) WITH (buffering = off),
  CONSTRAINT reaches_apart EXCLUDE USING spgist (reach WITH &&) WHERE (bits IS NOT NULL),
  CONSTRAINT bits_once EXCLUDE USING hash ((bits::text) WITH =) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO combined_special_types_and_indexes.item (id, span, net, grid, pairs, document, query, place, area, reach, bits, body)
SELECT decode(lpad(to_hex(i), 4, '0'), 'hex'), int4range(i % 10 * 3, i % 10 * 3 + 3), network(set_masklen('10.0.0.0'::inet + i * 256, 24)), ARRAY[[i, NULL], [1, i]],
  ARRAY[ROW(i, 'b,"' || i)::combined_special_types_and_indexes.pair, NULL], ('<a n="' || i || '">é</a>')::xml, to_tsquery('english', 'fox & !n' || i), point(i, -i), box(point(i * 5, 0), point(i * 5 + 3, 3)), numrange(i, i + 0.5),
  i::bit(10), 'The quick foxes number ' || i
FROM generate_series(1, 60) AS i;
CREATE INDEX item_words ON combined_special_types_and_indexes.item USING gin (words) WITH (fastupdate = on);
CREATE INDEX item_words_gist ON combined_special_types_and_indexes.item USING gist (words tsvector_ops (siglen = 100), query);
CREATE INDEX item_grid ON combined_special_types_and_indexes.item USING gin (grid);
CREATE INDEX item_span ON combined_special_types_and_indexes.item USING spgist (span) WITH (fillfactor = 70);
CREATE INDEX item_spans ON combined_special_types_and_indexes.item USING gist (spans, place) WHERE spans IS NOT NULL;
CREATE INDEX item_net ON combined_special_types_and_indexes.item USING spgist (net);
CREATE INDEX item_place ON combined_special_types_and_indexes.item USING spgist (place kd_point_ops);
CREATE INDEX item_body ON combined_special_types_and_indexes.item USING spgist (body COLLATE "C") INCLUDE (bits);
CREATE INDEX item_area ON combined_special_types_and_indexes.item USING spgist (area);
CREATE INDEX item_distance ON combined_special_types_and_indexes.item USING gist (circle(place, 2));
COMMENT ON CONSTRAINT reaches_apart ON combined_special_types_and_indexes.item IS 'those with bits';
ALTER INDEX combined_special_types_and_indexes.item_distance ALTER COLUMN 1 SET STATISTICS 20;
GRANT USAGE ON SCHEMA combined_special_types_and_indexes TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON combined_special_types_and_indexes.item TO shadowstep_test_app;
