-- Foreign keys in: to the key and to a unique constraint, from other schemas, with every action, two from one table.
CREATE SCHEMA foreign_keys_in;
CREATE SCHEMA foreign_keys_in_far;
CREATE TABLE foreign_keys_in.item (id integer PRIMARY KEY, code text UNIQUE, note text);
CREATE TABLE foreign_keys_in.c_restrict (id integer PRIMARY KEY, item_id integer REFERENCES foreign_keys_in.item ON DELETE RESTRICT ON UPDATE RESTRICT);
CREATE TABLE foreign_keys_in.c_cascade (id integer PRIMARY KEY, item_id integer REFERENCES foreign_keys_in.item ON DELETE CASCADE ON UPDATE CASCADE, code text REFERENCES foreign_keys_in.item (code) ON UPDATE CASCADE);
CREATE TABLE foreign_keys_in_far.c_null (id integer PRIMARY KEY, item_id integer REFERENCES foreign_keys_in.item ON DELETE SET NULL);
CREATE TABLE foreign_keys_in_far.c_default (id integer PRIMARY KEY, item_id integer DEFAULT 1 REFERENCES foreign_keys_in.item ON DELETE SET DEFAULT);
CREATE TABLE foreign_keys_in_far.c_later (id integer PRIMARY KEY, item_id integer REFERENCES foreign_keys_in.item DEFERRABLE INITIALLY DEFERRED);
INSERT INTO foreign_keys_in.item SELECT i, 'c' || i, 'n' FROM generate_series(1, 60) AS i;
INSERT INTO foreign_keys_in.c_restrict SELECT i, i FROM generate_series(1, 5) AS i;
INSERT INTO foreign_keys_in.c_cascade SELECT i, i, 'c' || i FROM generate_series(11, 20) AS i;
INSERT INTO foreign_keys_in_far.c_null SELECT i, i FROM generate_series(21, 30) AS i;
INSERT INTO foreign_keys_in_far.c_default SELECT i, i FROM generate_series(31, 40) AS i;
INSERT INTO foreign_keys_in_far.c_later SELECT i, i FROM generate_series(41, 50) AS i;
GRANT USAGE ON SCHEMA foreign_keys_in TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON foreign_keys_in.item TO shadowstep_test_app;
GRANT USAGE ON SCHEMA foreign_keys_in_far TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA foreign_keys_in, foreign_keys_in_far TO shadowstep_test_app;
