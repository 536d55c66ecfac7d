-- A child of two parents: columns and CHECKs that are inherited, its own, or both.
CREATE SCHEMA inheritance_child;
CREATE TABLE inheritance_child.noted (note text DEFAULT 'n', CONSTRAINT short CHECK (length(note) < 100));
CREATE TABLE inheritance_child.counted (n integer NOT NULL, CONSTRAINT positive CHECK (n > 0));
CREATE TABLE inheritance_child.item (id integer PRIMARY KEY, n integer NOT NULL DEFAULT 4, own text, CONSTRAINT positive CHECK (n > 0), CONSTRAINT only_here CHECK (id > 0) NO INHERIT) INHERITS (inheritance_child.noted, inheritance_child.counted);
ALTER TABLE inheritance_child.noted ADD COLUMN late text NOT NULL DEFAULT 'l';
ALTER TABLE inheritance_child.item ALTER COLUMN late SET DEFAULT 'here';
CREATE INDEX item_late ON inheritance_child.item (late, n);
INSERT INTO inheritance_child.item (id, n, own) SELECT i, i, 'o' || i FROM generate_series(1, 60) AS i;
INSERT INTO inheritance_child.noted (note) VALUES ('of the parent');
GRANT USAGE ON SCHEMA inheritance_child TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA inheritance_child TO shadowstep_test_app;
