-- Rows of hundreds of kilobytes, out of line, compressed and not.
CREATE SCHEMA sizes_wide_rows;
CREATE TABLE sizes_wide_rows.item (id integer PRIMARY KEY, a text, b bytea, c jsonb);
ALTER TABLE sizes_wide_rows.item ALTER COLUMN b SET STORAGE EXTERNAL;
INSERT INTO sizes_wide_rows.item
SELECT i, repeat('long ' || i, 40000), decode(repeat(md5(i::text), 6000), 'hex'), jsonb_build_object('k', repeat('v', 50000))
FROM generate_series(1, 20) AS i;
GRANT USAGE ON SCHEMA sizes_wide_rows TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON sizes_wide_rows.item TO shadowstep_test_app;
