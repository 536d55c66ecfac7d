-- A parent with a child and a grandchild, whose rows stay where they are. What the planner knows of all of them together is new with the next ANALYZE.
CREATE SCHEMA inheritance_parent;
CREATE TABLE inheritance_parent.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO inheritance_parent.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE TABLE inheritance_parent.child (more text, PRIMARY KEY (id)) INHERITS (inheritance_parent.item);
CREATE TABLE inheritance_parent.grandchild (PRIMARY KEY (id)) INHERITS (inheritance_parent.child);
ALTER TABLE inheritance_parent.item ADD COLUMN late integer NOT NULL DEFAULT 3, ADD CONSTRAINT small CHECK (n < 1000);
CREATE VIEW inheritance_parent.all_of_them AS SELECT id, n FROM inheritance_parent.item;
CREATE VIEW inheritance_parent.its_own AS SELECT id, n FROM ONLY inheritance_parent.item;
INSERT INTO inheritance_parent.child (id, n) SELECT i, i FROM generate_series(101, 120) AS i;
INSERT INTO inheritance_parent.grandchild (id, n) SELECT i, i FROM generate_series(201, 220) AS i;
CREATE FUNCTION inheritance_parent.analyse() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN ANALYZE inheritance_parent.item; END $$;
GRANT USAGE ON SCHEMA inheritance_parent TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA inheritance_parent TO shadowstep_test_app;
