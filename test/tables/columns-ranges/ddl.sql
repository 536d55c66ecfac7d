-- Ranges and multiranges, one range type of the table's own, a range as key.
CREATE SCHEMA columns_ranges;
CREATE TYPE columns_ranges.span AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TABLE columns_ranges.item (
  during daterange PRIMARY KEY,
  numbers int8range,
  spans columns_ranges.span,
  many datemultirange,
  parts nummultirange DEFAULT '{[1,2),(3,4]}'
);
INSERT INTO columns_ranges.item
SELECT daterange(date '2024-01-01' + i, date '2024-01-03' + i), int8range(i, NULL), columns_ranges.span(i / 3.0, i, '(]'),
       datemultirange(daterange(date '2024-01-01', date '2024-01-01' + i), daterange(date '2025-01-01', NULL))
FROM generate_series(1, 60) AS i;
CREATE INDEX item_numbers ON columns_ranges.item USING gist (numbers, during);
CREATE INDEX item_spans ON columns_ranges.item USING spgist (spans);
GRANT USAGE ON SCHEMA columns_ranges TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_ranges.item TO shadowstep_test_app;
