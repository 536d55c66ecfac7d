-- Foreign keys that are NOT VALID, out, in and to itself, with rows that violate them.
CREATE SCHEMA foreign_keys_not_valid;
CREATE TABLE foreign_keys_not_valid.parent (id integer PRIMARY KEY);
CREATE TABLE foreign_keys_not_valid.item (id integer PRIMARY KEY, p integer, up integer, checked integer REFERENCES foreign_keys_not_valid.parent);
CREATE TABLE foreign_keys_not_valid.child (id integer PRIMARY KEY, item_id integer);
INSERT INTO foreign_keys_not_valid.parent SELECT generate_series(1, 10);
INSERT INTO foreign_keys_not_valid.item SELECT i, i, -i, 1 + i % 10 FROM generate_series(1, 50) AS i;
INSERT INTO foreign_keys_not_valid.child SELECT i, i * 10 FROM generate_series(1, 20) AS i;
ALTER TABLE foreign_keys_not_valid.item ADD CONSTRAINT out_later FOREIGN KEY (p) REFERENCES foreign_keys_not_valid.parent NOT VALID;
ALTER TABLE foreign_keys_not_valid.item ADD CONSTRAINT self_later FOREIGN KEY (up) REFERENCES foreign_keys_not_valid.item NOT VALID;
ALTER TABLE foreign_keys_not_valid.child ADD CONSTRAINT in_later FOREIGN KEY (item_id) REFERENCES foreign_keys_not_valid.item ON DELETE CASCADE NOT VALID;
COMMENT ON CONSTRAINT in_later ON foreign_keys_not_valid.child IS 'for new rows';
GRANT USAGE ON SCHEMA foreign_keys_not_valid TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON foreign_keys_not_valid.item TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON foreign_keys_not_valid.parent, foreign_keys_not_valid.child TO shadowstep_test_app;
