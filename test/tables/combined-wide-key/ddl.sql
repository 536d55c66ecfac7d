-- A key of eight columns of eight types, most of the row, with an INCLUDE, in a quoted table.
CREATE SCHEMA combined_wide_key;
CREATE TABLE combined_wide_key."The Item" (
  a smallint, b text COLLATE "C", c uuid, d date, e numeric(6, 2), f bytea, g boolean, h inet,
  "Note" text,
  CONSTRAINT "wide key" PRIMARY KEY (a, b, c, d, e, f, g, h) INCLUDE ("Note")
);
INSERT INTO combined_wide_key."The Item"
SELECT i % 3, 'b' || i % 5, md5((i % 7)::text)::uuid, date '2024-01-01' + i % 11, i / 4.0, decode(lpad(to_hex(i), 4, '0'), 'hex'), i % 2 = 0, '10.0.0.0'::inet + i % 13, 'n' || i
FROM generate_series(1, 80) AS i;
GRANT USAGE ON SCHEMA combined_wide_key TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON combined_wide_key."The Item" TO shadowstep_test_app;
