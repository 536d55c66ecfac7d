-- A foreign key between two tables in both directions, and to a table that references a third.
CREATE SCHEMA foreign_keys_many_inbound;
CREATE TABLE foreign_keys_many_inbound.item (id integer PRIMARY KEY, best integer, note text);
CREATE TABLE foreign_keys_many_inbound.part (id integer PRIMARY KEY, item_id integer NOT NULL REFERENCES foreign_keys_many_inbound.item ON DELETE CASCADE);
CREATE TABLE foreign_keys_many_inbound.piece (id integer PRIMARY KEY, part_id integer NOT NULL REFERENCES foreign_keys_many_inbound.part ON DELETE CASCADE);
ALTER TABLE foreign_keys_many_inbound.item ADD FOREIGN KEY (best) REFERENCES foreign_keys_many_inbound.part ON DELETE SET NULL;
INSERT INTO foreign_keys_many_inbound.item SELECT i, NULL, 'n' FROM generate_series(1, 40) AS i;
INSERT INTO foreign_keys_many_inbound.part SELECT i, 1 + i % 40 FROM generate_series(1, 80) AS i;
INSERT INTO foreign_keys_many_inbound.piece SELECT i, 1 + i % 80 FROM generate_series(1, 90) AS i;
UPDATE foreign_keys_many_inbound.item SET best = (SELECT min(id) FROM foreign_keys_many_inbound.part WHERE item_id = item.id);
GRANT USAGE ON SCHEMA foreign_keys_many_inbound TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON foreign_keys_many_inbound.item TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON foreign_keys_many_inbound.part, foreign_keys_many_inbound.piece TO shadowstep_test_app;
