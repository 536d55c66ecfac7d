-- Columns added with a default that no row has stored (attmissingval), the default changed or dropped since.
CREATE SCHEMA columns_fast_defaults;
CREATE TABLE columns_fast_defaults.item (id integer PRIMARY KEY, note text);
INSERT INTO columns_fast_defaults.item SELECT i, 'n' FROM generate_series(1, 50) AS i;
ALTER TABLE columns_fast_defaults.item ADD COLUMN kind text DEFAULT 'old' NOT NULL;
ALTER TABLE columns_fast_defaults.item ADD COLUMN amount numeric DEFAULT 1.50;
ALTER TABLE columns_fast_defaults.item ADD COLUMN tags text[] DEFAULT '{a,b}';
INSERT INTO columns_fast_defaults.item SELECT i, 'm' FROM generate_series(51, 60) AS i;
ALTER TABLE columns_fast_defaults.item ALTER COLUMN kind SET DEFAULT 'new', ALTER COLUMN amount DROP DEFAULT;
GRANT USAGE ON SCHEMA columns_fast_defaults TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_fast_defaults.item TO shadowstep_test_app;
