-- Deferrable foreign keys to and from unique constraints of another schema, both ways round, and to itself with ON DELETE SET NULL.
CREATE SCHEMA combined_foreign_keys_across_schemas;
CREATE SCHEMA combined_foreign_keys_across_schemas_elsewhere;
CREATE TABLE combined_foreign_keys_across_schemas_elsewhere.item (
  id integer PRIMARY KEY,
  region text NOT NULL,
  code integer NOT NULL,
  CONSTRAINT once UNIQUE (code, region) INCLUDE (id)
);
CREATE TABLE combined_foreign_keys_across_schemas.item (
  id bigint PRIMARY KEY,
  region text,
  code integer,
  parent bigint CONSTRAINT up REFERENCES combined_foreign_keys_across_schemas.item ON DELETE SET NULL DEFERRABLE,
  label text NOT NULL CONSTRAINT label_once UNIQUE,
  sibling text DEFAULT 'l1' CONSTRAINT beside REFERENCES combined_foreign_keys_across_schemas.item (label) ON UPDATE CASCADE ON DELETE SET DEFAULT DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT away FOREIGN KEY (region, code) REFERENCES combined_foreign_keys_across_schemas_elsewhere.item (region, code) MATCH FULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
);
ALTER TABLE combined_foreign_keys_across_schemas_elsewhere.item ADD COLUMN first text,
  ADD CONSTRAINT back FOREIGN KEY (first) REFERENCES combined_foreign_keys_across_schemas.item (label) ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
COMMENT ON CONSTRAINT away ON combined_foreign_keys_across_schemas.item IS 'checked at the end';
COMMENT ON CONSTRAINT back ON combined_foreign_keys_across_schemas_elsewhere.item IS 'and back';
CREATE INDEX item_parent ON combined_foreign_keys_across_schemas.item (parent) WHERE parent IS NOT NULL;
INSERT INTO combined_foreign_keys_across_schemas_elsewhere.item SELECT i, 'r' || i % 2, i FROM generate_series(1, 20) AS i;
INSERT INTO combined_foreign_keys_across_schemas.item SELECT i, CASE WHEN i % 5 > 0 THEN 'r' || i % 20 % 2 END, CASE WHEN i % 5 > 0 THEN i % 20 END, nullif(i / 3, 0), 'l' || i, 'l' || 1 + i % 7 FROM generate_series(1, 60) AS i;
UPDATE combined_foreign_keys_across_schemas_elsewhere.item SET first = 'l' || id;
GRANT USAGE ON SCHEMA combined_foreign_keys_across_schemas, combined_foreign_keys_across_schemas_elsewhere TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA combined_foreign_keys_across_schemas, combined_foreign_keys_across_schemas_elsewhere TO shadowstep_test_app;
