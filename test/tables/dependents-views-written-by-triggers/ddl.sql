-- A view of two tables and one over it, written by INSTEAD OF triggers for each event, with statement triggers beside them, arguments, comments and defaults.
CREATE SCHEMA dependents_views_written_by_triggers;
CREATE TABLE dependents_views_written_by_triggers.item (id integer PRIMARY KEY, kind text NOT NULL, n integer);
CREATE TABLE dependents_views_written_by_triggers.label (item_id integer PRIMARY KEY, words text);
CREATE TABLE dependents_views_written_by_triggers.seen (seq integer GENERATED ALWAYS AS IDENTITY, what text);
INSERT INTO dependents_views_written_by_triggers.item SELECT i, 'kind ' || i % 3, i FROM generate_series(1, 60) AS i;
INSERT INTO dependents_views_written_by_triggers.label SELECT i, 'words ' || i FROM generate_series(1, 60, 2) AS i;
CREATE VIEW dependents_views_written_by_triggers.labelled (id, kind, n, words) AS SELECT i.id, i.kind, i.n, l.words FROM dependents_views_written_by_triggers.item AS i LEFT JOIN dependents_views_written_by_triggers.label AS l ON l.item_id = i.id;
CREATE VIEW dependents_views_written_by_triggers.high WITH (security_barrier = true) AS SELECT id, words, n * 2 AS twice FROM dependents_views_written_by_triggers.labelled WHERE n > 30;
CREATE FUNCTION dependents_views_written_by_triggers.write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO dependents_views_written_by_triggers.item VALUES (NEW.id, NEW.kind, NEW.n);
  ELSIF TG_OP = 'UPDATE' THEN
    UPDATE dependents_views_written_by_triggers.item SET id = NEW.id, kind = NEW.kind, n = NEW.n WHERE id = OLD.id;
  ELSE
    DELETE FROM dependents_views_written_by_triggers.item WHERE id = OLD.id;
  END IF;
  IF TG_OP <> 'INSERT' THEN DELETE FROM dependents_views_written_by_triggers.label WHERE item_id = OLD.id; END IF;
  IF TG_OP <> 'DELETE' AND NEW.words IS NOT NULL THEN INSERT INTO dependents_views_written_by_triggers.label VALUES (NEW.id, NEW.words || coalesce(TG_ARGV[0], '')); END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE FUNCTION dependents_views_written_by_triggers.through() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  UPDATE dependents_views_written_by_triggers.labelled SET words = NEW.words, n = NEW.twice / 2 WHERE id = OLD.id;
  RETURN NEW;
END
$$;
CREATE FUNCTION dependents_views_written_by_triggers.see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO dependents_views_written_by_triggers.seen (what) VALUES (concat_ws(' ', TG_NAME, TG_WHEN, TG_LEVEL, TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME, array_to_string(TG_ARGV, '|')));
  RETURN NULL;
END
$$;
CREATE TRIGGER put INSTEAD OF INSERT ON dependents_views_written_by_triggers.labelled FOR EACH ROW EXECUTE FUNCTION dependents_views_written_by_triggers.write(' (put)');
CREATE TRIGGER change INSTEAD OF UPDATE ON dependents_views_written_by_triggers.labelled FOR EACH ROW EXECUTE FUNCTION dependents_views_written_by_triggers.write('''s "own"', 'second');
CREATE TRIGGER "Remove it" INSTEAD OF DELETE ON dependents_views_written_by_triggers.labelled FOR EACH ROW EXECUTE FUNCTION dependents_views_written_by_triggers.write();
CREATE TRIGGER before_all BEFORE INSERT OR UPDATE OR DELETE ON dependents_views_written_by_triggers.labelled EXECUTE FUNCTION dependents_views_written_by_triggers.see('a', 'b');
CREATE TRIGGER after_delete AFTER DELETE ON dependents_views_written_by_triggers.labelled FOR EACH STATEMENT EXECUTE FUNCTION dependents_views_written_by_triggers.see();
CREATE TRIGGER through INSTEAD OF UPDATE ON dependents_views_written_by_triggers.high FOR EACH ROW EXECUTE FUNCTION dependents_views_written_by_triggers.through();
ALTER VIEW dependents_views_written_by_triggers.labelled ALTER COLUMN kind SET DEFAULT 'from the view';
COMMENT ON TRIGGER "Remove it" ON dependents_views_written_by_triggers.labelled IS 'from both';
COMMENT ON COLUMN dependents_views_written_by_triggers.high.twice IS 'two times';
GRANT USAGE ON SCHEMA dependents_views_written_by_triggers TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON dependents_views_written_by_triggers.item, dependents_views_written_by_triggers.labelled, dependents_views_written_by_triggers.high, dependents_views_written_by_triggers.label TO shadowstep_test_app;
GRANT SELECT ON dependents_views_written_by_triggers.seen TO shadowstep_test_app;
