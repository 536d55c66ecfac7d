-- Foreign keys whose two sides are of different types: integers of two sizes, a number and an integer, text and varchar and a domain, of one collation or of two; out, in and to itself.
CREATE SCHEMA foreign_keys_across_types;
CREATE DOMAIN foreign_keys_across_types.code AS varchar(12) CHECK (VALUE <> '');
CREATE TABLE foreign_keys_across_types.parent (id bigint PRIMARY KEY, code text COLLATE "C" NOT NULL UNIQUE, amount numeric NOT NULL UNIQUE, at timestamptz NOT NULL UNIQUE);
CREATE TABLE foreign_keys_across_types.item (
  id integer PRIMARY KEY,
  name varchar(20) COLLATE "POSIX" NOT NULL UNIQUE,
  small_parent smallint CONSTRAINT by_id REFERENCES foreign_keys_across_types.parent ON UPDATE CASCADE,
  parent_code foreign_keys_across_types.code COLLATE "en-x-icu" CONSTRAINT by_code REFERENCES foreign_keys_across_types.parent (code) ON UPDATE CASCADE ON DELETE SET NULL,
  whole integer CONSTRAINT by_amount REFERENCES foreign_keys_across_types.parent (amount),
  day date CONSTRAINT by_day REFERENCES foreign_keys_across_types.parent (at) ON DELETE CASCADE,
  above bigint CONSTRAINT up REFERENCES foreign_keys_across_types.item ON DELETE SET NULL
);
CREATE TABLE foreign_keys_across_types.child (id integer PRIMARY KEY, item_id numeric(5), item_name text COLLATE "C" REFERENCES foreign_keys_across_types.item (name) ON UPDATE CASCADE, big bigint REFERENCES foreign_keys_across_types.item ON DELETE CASCADE, tiny smallint REFERENCES foreign_keys_across_types.item ON UPDATE CASCADE);
INSERT INTO foreign_keys_across_types.parent SELECT i, 'code ' || i, i, timestamptz '2024-01-01 00:00' + (i - 1) * interval '1 day' FROM generate_series(1, 40) AS i;
INSERT INTO foreign_keys_across_types.item SELECT i, 'name ' || i, 1 + i % 40, 'code ' || 1 + i % 30, 1 + i % 20, date '2024-01-01' + i % 15, nullif(i / 3, 0) FROM generate_series(1, 60) AS i;
INSERT INTO foreign_keys_across_types.child SELECT i, i, 'name ' || i, i, i + 1 FROM generate_series(1, 50) AS i;
COMMENT ON CONSTRAINT by_amount ON foreign_keys_across_types.item IS 'a number and an integer';
GRANT USAGE ON SCHEMA foreign_keys_across_types TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA foreign_keys_across_types TO shadowstep_test_app;
