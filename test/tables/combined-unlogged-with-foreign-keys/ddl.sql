-- An unlogged table that references a logged one and is referenced by another unlogged one, in a tablespace, with a trigger.
CREATE SCHEMA combined_unlogged_with_foreign_keys;
CREATE TABLE combined_unlogged_with_foreign_keys.parent (id integer PRIMARY KEY);
CREATE UNLOGGED TABLE combined_unlogged_with_foreign_keys.item (
  id integer PRIMARY KEY USING INDEX TABLESPACE shadowstep_test_space,
  parent_id integer REFERENCES combined_unlogged_with_foreign_keys.parent,
  note text
) TABLESPACE shadowstep_test_space;
CREATE UNLOGGED TABLE combined_unlogged_with_foreign_keys.child (id integer PRIMARY KEY, item_id integer REFERENCES combined_unlogged_with_foreign_keys.item ON DELETE SET NULL);
CREATE FUNCTION combined_unlogged_with_foreign_keys.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := coalesce(NEW.note, '') || '*'; RETURN NEW; END $$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON combined_unlogged_with_foreign_keys.item FOR EACH ROW EXECUTE FUNCTION combined_unlogged_with_foreign_keys.stamp();
INSERT INTO combined_unlogged_with_foreign_keys.parent SELECT generate_series(1, 5);
INSERT INTO combined_unlogged_with_foreign_keys.item SELECT i, 1 + i % 5, 'n' FROM generate_series(1, 50) AS i;
INSERT INTO combined_unlogged_with_foreign_keys.child SELECT i, i FROM generate_series(1, 20) AS i;
GRANT USAGE ON SCHEMA combined_unlogged_with_foreign_keys TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON combined_unlogged_with_foreign_keys.item TO shadowstep_test_app;
GRANT SELECT, INSERT, DELETE ON combined_unlogged_with_foreign_keys.parent, combined_unlogged_with_foreign_keys.child TO shadowstep_test_app;
