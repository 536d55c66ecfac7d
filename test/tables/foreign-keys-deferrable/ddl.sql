-- Foreign keys out and in that are deferrable either way.
CREATE SCHEMA foreign_keys_deferrable;
CREATE TABLE foreign_keys_deferrable.parent (id integer PRIMARY KEY);
CREATE TABLE foreign_keys_deferrable.item (
  id integer PRIMARY KEY,
  p integer CONSTRAINT out_deferred REFERENCES foreign_keys_deferrable.parent DEFERRABLE INITIALLY DEFERRED,
  q integer CONSTRAINT out_immediate REFERENCES foreign_keys_deferrable.parent DEFERRABLE INITIALLY IMMEDIATE
);
CREATE TABLE foreign_keys_deferrable.child (id integer PRIMARY KEY, item_id integer CONSTRAINT in_deferred REFERENCES foreign_keys_deferrable.item ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED);
INSERT INTO foreign_keys_deferrable.parent SELECT generate_series(1, 10);
INSERT INTO foreign_keys_deferrable.item SELECT i, 1 + i % 10, 1 + i % 10 FROM generate_series(1, 50) AS i;
INSERT INTO foreign_keys_deferrable.child SELECT i, i FROM generate_series(1, 20) AS i;
GRANT USAGE ON SCHEMA foreign_keys_deferrable TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON foreign_keys_deferrable.item TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON foreign_keys_deferrable.parent, foreign_keys_deferrable.child TO shadowstep_test_app;
