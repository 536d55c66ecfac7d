-- Foreign keys in and out with every action of ON UPDATE, NO ACTION written out among them; keys change on both ends.
CREATE SCHEMA foreign_keys_on_update;
CREATE TABLE foreign_keys_on_update.parent (id integer PRIMARY KEY, code text NOT NULL UNIQUE);
INSERT INTO foreign_keys_on_update.parent SELECT i, 'p' || i FROM generate_series(0, 40) AS i;
CREATE TABLE foreign_keys_on_update.item (
  id integer PRIMARY KEY,
  cascading integer REFERENCES foreign_keys_on_update.parent ON UPDATE CASCADE ON DELETE CASCADE,
  emptied integer REFERENCES foreign_keys_on_update.parent ON UPDATE SET NULL ON DELETE SET NULL,
  reset integer DEFAULT 0 REFERENCES foreign_keys_on_update.parent ON UPDATE SET DEFAULT ON DELETE SET DEFAULT,
  kept text REFERENCES foreign_keys_on_update.parent (code) ON UPDATE NO ACTION ON DELETE NO ACTION,
  restricted text REFERENCES foreign_keys_on_update.parent (code) ON UPDATE RESTRICT ON DELETE RESTRICT
);
INSERT INTO foreign_keys_on_update.item
  SELECT i, i % 10 + 1, i % 10 + 11, i % 10 + 21, 'p' || i % 5 + 31, 'p' || i % 5 + 36 FROM generate_series(1, 60) AS i;
CREATE TABLE foreign_keys_on_update.child (
  id integer PRIMARY KEY,
  emptied integer REFERENCES foreign_keys_on_update.item ON UPDATE SET NULL,
  reset integer DEFAULT 60 REFERENCES foreign_keys_on_update.item ON UPDATE SET DEFAULT,
  kept integer REFERENCES foreign_keys_on_update.item ON UPDATE NO ACTION
);
INSERT INTO foreign_keys_on_update.child SELECT i, i, i + 10, i + 20 FROM generate_series(1, 10) AS i;
GRANT USAGE ON SCHEMA foreign_keys_on_update TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA foreign_keys_on_update TO shadowstep_test_app;
