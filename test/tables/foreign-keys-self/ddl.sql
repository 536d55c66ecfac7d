-- Foreign keys to itself: a tree that deletes its branches, a list checked at the end, one over two columns.
CREATE SCHEMA foreign_keys_self;
CREATE TABLE foreign_keys_self.item (
  id integer PRIMARY KEY,
  parent_id integer REFERENCES foreign_keys_self.item ON DELETE CASCADE,
  next_id integer CONSTRAINT chain REFERENCES foreign_keys_self.item DEFERRABLE INITIALLY DEFERRED,
  grp integer,
  up integer,
  UNIQUE (grp, id),
  FOREIGN KEY (grp, up) REFERENCES foreign_keys_self.item (grp, id)
);
INSERT INTO foreign_keys_self.item SELECT i, nullif(i / 3, 0), nullif(i + 1, 61), 1, nullif(i - 1, 0) FROM generate_series(1, 60) AS i;
UPDATE foreign_keys_self.item SET up = NULL WHERE id > 18;
GRANT USAGE ON SCHEMA foreign_keys_self TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON foreign_keys_self.item TO shadowstep_test_app;
