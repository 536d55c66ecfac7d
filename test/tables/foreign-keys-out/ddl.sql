-- Foreign keys out: several to one table, composite, to a unique constraint, MATCH FULL, to a table of another schema.
CREATE SCHEMA foreign_keys_out;
CREATE SCHEMA foreign_keys_out_far;
CREATE TABLE foreign_keys_out_far.country (code char(2) PRIMARY KEY);
CREATE TABLE foreign_keys_out.parent (id integer PRIMARY KEY, a integer, b text, CONSTRAINT parent_ab UNIQUE (a, b));
CREATE UNIQUE INDEX parent_b ON foreign_keys_out.parent (b);
CREATE TABLE foreign_keys_out.item (
  id integer PRIMARY KEY,
  one integer REFERENCES foreign_keys_out.parent,
  two integer CONSTRAINT "the second" REFERENCES foreign_keys_out.parent ON DELETE SET NULL ON UPDATE CASCADE,
  a integer,
  b text,
  c text REFERENCES foreign_keys_out.parent (b) ON DELETE SET DEFAULT,
  country char(2) REFERENCES foreign_keys_out_far.country ON UPDATE RESTRICT,
  FOREIGN KEY (a, b) REFERENCES foreign_keys_out.parent (a, b) MATCH FULL ON DELETE CASCADE
);
INSERT INTO foreign_keys_out_far.country VALUES ('at'), ('de'), ('fr');
INSERT INTO foreign_keys_out.parent SELECT i, i * 2, 'b' || i FROM generate_series(1, 20) AS i;
INSERT INTO foreign_keys_out.item SELECT i, 1 + i % 20, 1 + (i + 7) % 20, 2 * (1 + i % 20), 'b' || (1 + i % 20), 'b' || (1 + i % 20), 'at' FROM generate_series(1, 60) AS i;
COMMENT ON CONSTRAINT "the second" ON foreign_keys_out.item IS 'may be gone';
GRANT USAGE ON SCHEMA foreign_keys_out TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON foreign_keys_out.item TO shadowstep_test_app;
GRANT USAGE ON SCHEMA foreign_keys_out_far TO shadowstep_test_app;
GRANT SELECT, DELETE ON foreign_keys_out_far.country TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON foreign_keys_out.parent TO shadowstep_test_app;
