-- Triggers in every state that look at a generated column: conditions on it, UPDATE OF it, transition tables, a constraint trigger.
CREATE SCHEMA combined_trigger_states_and_generated;
CREATE TABLE combined_trigger_states_and_generated.item (
  id integer PRIMARY KEY,
  price integer NOT NULL,
  gone text,
  total integer GENERATED ALWAYS AS (price * 2 + length(coalesce(note, ''))) STORED,
  note text,
  changes integer NOT NULL DEFAULT 0
);
ALTER TABLE combined_trigger_states_and_generated.item DROP COLUMN gone;
CREATE INDEX item_total ON combined_trigger_states_and_generated.item (total) WHERE total > 50;
INSERT INTO combined_trigger_states_and_generated.item (id, price, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE TABLE combined_trigger_states_and_generated.seen (seq integer GENERATED ALWAYS AS IDENTITY, what text);
CREATE FUNCTION combined_trigger_states_and_generated.see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO combined_trigger_states_and_generated.seen (what) VALUES (concat_ws(' ', TG_NAME, TG_WHEN, TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0], OLD.total, NEW.total));
  RETURN NULL;
END
$$;
CREATE FUNCTION combined_trigger_states_and_generated.sum() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO combined_trigger_states_and_generated.seen (what) SELECT concat_ws(' ', TG_NAME, TG_LEVEL, count(*), sum(total)) FROM fresh;
  RETURN NULL;
END
$$;
CREATE FUNCTION combined_trigger_states_and_generated.count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changes := OLD.changes + TG_ARGV[0]::integer; RETURN NEW; END $$;
CREATE FUNCTION combined_trigger_states_and_generated.limit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT i.total > 10000 FROM combined_trigger_states_and_generated.item AS i WHERE i.id = NEW.id) THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'too much'; END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER a_large AFTER INSERT OR UPDATE ON combined_trigger_states_and_generated.item FOR EACH ROW WHEN (NEW.total > 100) EXECUTE FUNCTION combined_trigger_states_and_generated.see('it''s large');
CREATE TRIGGER b_of_total AFTER UPDATE OF total ON combined_trigger_states_and_generated.item FOR EACH ROW WHEN (OLD.total IS DISTINCT FROM NEW.total) EXECUTE FUNCTION combined_trigger_states_and_generated.see();
CREATE TRIGGER c_disabled BEFORE UPDATE ON combined_trigger_states_and_generated.item FOR EACH ROW EXECUTE FUNCTION combined_trigger_states_and_generated.count('1000');
CREATE TRIGGER d_replica BEFORE UPDATE ON combined_trigger_states_and_generated.item FOR EACH ROW EXECUTE FUNCTION combined_trigger_states_and_generated.count('100');
CREATE TRIGGER e_always BEFORE UPDATE OF note, price ON combined_trigger_states_and_generated.item FOR EACH ROW EXECUTE FUNCTION combined_trigger_states_and_generated.count('1');
CREATE TRIGGER f_fresh AFTER UPDATE ON combined_trigger_states_and_generated.item REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION combined_trigger_states_and_generated.sum();
CREATE TRIGGER g_fresh_disabled AFTER INSERT ON combined_trigger_states_and_generated.item REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION combined_trigger_states_and_generated.sum();
CREATE CONSTRAINT TRIGGER h_limit AFTER INSERT OR UPDATE ON combined_trigger_states_and_generated.item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION combined_trigger_states_and_generated.limit();
CREATE CONSTRAINT TRIGGER i_limit_disabled AFTER DELETE ON combined_trigger_states_and_generated.item NOT DEFERRABLE FOR EACH ROW EXECUTE FUNCTION combined_trigger_states_and_generated.limit();
ALTER TABLE combined_trigger_states_and_generated.item DISABLE TRIGGER c_disabled, ENABLE REPLICA TRIGGER d_replica, ENABLE ALWAYS TRIGGER e_always,
  ENABLE ALWAYS TRIGGER f_fresh, DISABLE TRIGGER g_fresh_disabled, ENABLE ALWAYS TRIGGER h_limit, DISABLE TRIGGER i_limit_disabled;
COMMENT ON TRIGGER e_always ON combined_trigger_states_and_generated.item IS 'counts';
GRANT USAGE ON SCHEMA combined_trigger_states_and_generated TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON combined_trigger_states_and_generated.item TO shadowstep_test_app;
