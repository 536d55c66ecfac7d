-- ON DELETE SET NULL and SET DEFAULT of some of the columns only (15).
CREATE SCHEMA foreign_keys_set_columns;
CREATE TABLE foreign_keys_set_columns.item (tenant integer, id integer, name text, PRIMARY KEY (tenant, id));
CREATE TABLE foreign_keys_set_columns.child (
  tenant integer, id integer, item_id integer, other_id integer DEFAULT 1,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, item_id) REFERENCES foreign_keys_set_columns.item ON DELETE SET NULL (item_id),
  FOREIGN KEY (tenant, other_id) REFERENCES foreign_keys_set_columns.item ON DELETE SET DEFAULT (other_id)
);
INSERT INTO foreign_keys_set_columns.item SELECT 1, i, 'n' || i FROM generate_series(1, 50) AS i;
INSERT INTO foreign_keys_set_columns.child SELECT 1, i, i, i + 1 FROM generate_series(1, 30) AS i;
GRANT USAGE ON SCHEMA foreign_keys_set_columns TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON foreign_keys_set_columns.item TO shadowstep_test_app;
GRANT SELECT, INSERT ON foreign_keys_set_columns.child TO shadowstep_test_app;
