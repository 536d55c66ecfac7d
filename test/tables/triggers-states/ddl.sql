-- Triggers disabled, enabled for replicas only, enabled always: each fires as before.
CREATE SCHEMA triggers_states;
CREATE TABLE triggers_states.item (id integer PRIMARY KEY, n integer, note text);
INSERT INTO triggers_states.item SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE TABLE triggers_states.seen (seq bigint GENERATED ALWAYS AS IDENTITY, what text);
CREATE FUNCTION triggers_states.see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO triggers_states.seen (what) VALUES (concat_ws(' ', TG_NAME, TG_WHEN, TG_LEVEL, TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0],
    CASE WHEN TG_LEVEL = 'ROW' THEN CASE TG_OP WHEN 'DELETE' THEN OLD::text ELSE NEW::text END END));
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER a_origin AFTER INSERT OR UPDATE OR DELETE ON triggers_states.item FOR EACH ROW EXECUTE FUNCTION triggers_states.see();
CREATE TRIGGER b_disabled AFTER INSERT OR UPDATE OR DELETE ON triggers_states.item FOR EACH ROW EXECUTE FUNCTION triggers_states.see();
CREATE TRIGGER c_replica AFTER INSERT OR UPDATE OR DELETE ON triggers_states.item FOR EACH ROW EXECUTE FUNCTION triggers_states.see();
CREATE TRIGGER d_always AFTER INSERT OR UPDATE OR DELETE ON triggers_states.item FOR EACH ROW EXECUTE FUNCTION triggers_states.see();
ALTER TABLE triggers_states.item DISABLE TRIGGER b_disabled, ENABLE REPLICA TRIGGER c_replica, ENABLE ALWAYS TRIGGER d_always;
GRANT USAGE ON SCHEMA triggers_states TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON triggers_states.item TO shadowstep_test_app;
