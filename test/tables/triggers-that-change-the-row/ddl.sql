-- A trigger that changes what is written, one that drops some of it, one that writes to the table itself.
CREATE SCHEMA triggers_that_change_the_row;
CREATE TABLE triggers_that_change_the_row.item (id integer PRIMARY KEY, n integer, note text);
INSERT INTO triggers_that_change_the_row.item SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE FUNCTION triggers_that_change_the_row.stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.note := coalesce(NEW.note, '') || '+';
  RETURN CASE WHEN NEW.n = 13 THEN NULL ELSE NEW END;
END
$$;
CREATE FUNCTION triggers_that_change_the_row.echo() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO triggers_that_change_the_row.item VALUES (NEW.id + 10000, NEW.n, 'echo');
  RETURN NULL;
END
$$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON triggers_that_change_the_row.item FOR EACH ROW EXECUTE FUNCTION triggers_that_change_the_row.stamp();
CREATE TRIGGER echo AFTER INSERT ON triggers_that_change_the_row.item FOR EACH ROW WHEN (NEW.id < 10000) EXECUTE FUNCTION triggers_that_change_the_row.echo();
GRANT USAGE ON SCHEMA triggers_that_change_the_row TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON triggers_that_change_the_row.item TO shadowstep_test_app;
