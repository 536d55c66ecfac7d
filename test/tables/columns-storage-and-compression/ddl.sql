-- How each column is kept: storage, compression, statistics targets, options.
CREATE SCHEMA columns_storage_and_compression;
CREATE TABLE columns_storage_and_compression.item (id integer PRIMARY KEY, plain text, outside text, main text, extended text, numbers numeric, shown text);
ALTER TABLE columns_storage_and_compression.item
  ALTER COLUMN outside SET STORAGE EXTERNAL,
  ALTER COLUMN main SET STORAGE MAIN,
  ALTER COLUMN numbers SET STORAGE PLAIN,
  ALTER COLUMN extended SET COMPRESSION pglz,
  ALTER COLUMN shown SET STATISTICS 0,
  ALTER COLUMN main SET STATISTICS 1000,
  ALTER COLUMN id SET (n_distinct = -1),
  ALTER COLUMN plain SET (n_distinct = 12, n_distinct_inherited = -0.25);
INSERT INTO columns_storage_and_compression.item
SELECT i, 'p', repeat(md5(i::text), 100), repeat('m', 3000), repeat(md5(i::text), 90), i, 's' FROM generate_series(1, 40) AS i;
GRANT USAGE ON SCHEMA columns_storage_and_compression TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_storage_and_compression.item TO shadowstep_test_app;
