-- Triggers that write to their own table: one in each group is the first, sums come from another table and go on from there, a deleted row is kept as another one.
CREATE SCHEMA triggers_that_write_back;
CREATE TABLE triggers_that_write_back.item (id integer PRIMARY KEY, grp integer NOT NULL, first boolean NOT NULL DEFAULT false, total integer NOT NULL DEFAULT 0, above integer, note text);
CREATE TABLE triggers_that_write_back.line (id integer PRIMARY KEY, item_id integer NOT NULL REFERENCES triggers_that_write_back.item ON DELETE CASCADE, n integer NOT NULL);
INSERT INTO triggers_that_write_back.item (id, grp, first, above) SELECT i, i % 8, i <= 8, nullif(i / 4, 0) FROM generate_series(1, 60) AS i;
INSERT INTO triggers_that_write_back.line SELECT i, 1 + i % 60, i FROM generate_series(1, 120) AS i;
CREATE UNIQUE INDEX one_first ON triggers_that_write_back.item (grp) WHERE first;
CREATE FUNCTION triggers_that_write_back.only_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE triggers_that_write_back.item SET first = false WHERE grp = NEW.grp AND first AND id <> NEW.id;
  RETURN NEW;
END
$$;
CREATE FUNCTION triggers_that_write_back.add_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN UPDATE triggers_that_write_back.item SET total = total - OLD.n WHERE id = OLD.item_id; END IF;
  IF TG_OP <> 'DELETE' THEN UPDATE triggers_that_write_back.item SET total = total + NEW.n WHERE id = NEW.item_id; END IF;
  RETURN NULL;
END
$$;
CREATE FUNCTION triggers_that_write_back.pass_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE triggers_that_write_back.item SET total = total + NEW.total - OLD.total, note = concat_ws(' ', note, pg_trigger_depth()) WHERE id = NEW.above;
  RETURN NULL;
END
$$;
CREATE FUNCTION triggers_that_write_back.keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO triggers_that_write_back.item (id, grp, note) VALUES (-OLD.id, -1, 'was ' || OLD.grp);
  RETURN OLD;
END
$$;
CREATE TRIGGER only_first BEFORE INSERT OR UPDATE OF first, grp ON triggers_that_write_back.item FOR EACH ROW WHEN (NEW.first) EXECUTE FUNCTION triggers_that_write_back.only_first();
CREATE TRIGGER pass_on AFTER UPDATE OF total ON triggers_that_write_back.item FOR EACH ROW WHEN (NEW.total <> OLD.total AND pg_trigger_depth() < 4) EXECUTE FUNCTION triggers_that_write_back.pass_on();
CREATE TRIGGER keep BEFORE DELETE ON triggers_that_write_back.item FOR EACH ROW WHEN (OLD.id > 0) EXECUTE FUNCTION triggers_that_write_back.keep();
CREATE TRIGGER add_up AFTER INSERT OR UPDATE OR DELETE ON triggers_that_write_back.line FOR EACH ROW EXECUTE FUNCTION triggers_that_write_back.add_up();
GRANT USAGE ON SCHEMA triggers_that_write_back TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA triggers_that_write_back TO shadowstep_test_app;
