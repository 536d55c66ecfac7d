-- Constraint triggers, deferred and deferrable, one that watches another table.
CREATE SCHEMA triggers_constraint;
CREATE TABLE triggers_constraint.item (id integer PRIMARY KEY, n integer, note text);
INSERT INTO triggers_constraint.item SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE TABLE triggers_constraint.seen (seq bigint GENERATED ALWAYS AS IDENTITY, what text);
CREATE FUNCTION triggers_constraint.see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO triggers_constraint.seen (what) VALUES (concat_ws(' ', TG_NAME, TG_WHEN, TG_LEVEL, TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0],
    CASE WHEN TG_LEVEL = 'ROW' THEN CASE TG_OP WHEN 'DELETE' THEN OLD::text ELSE NEW::text END END));
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TABLE triggers_constraint.other (id integer PRIMARY KEY);
CREATE FUNCTION triggers_constraint.refuse_odd() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.n < 0 THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'negative'; END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER late AFTER INSERT OR UPDATE ON triggers_constraint.item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION triggers_constraint.refuse_odd();
CREATE CONSTRAINT TRIGGER watched AFTER UPDATE OF n ON triggers_constraint.item FROM triggers_constraint.other NOT DEFERRABLE FOR EACH ROW WHEN (NEW.n > 5) EXECUTE FUNCTION triggers_constraint.see('w');
COMMENT ON TRIGGER late ON triggers_constraint.item IS 'at the end';
GRANT USAGE ON SCHEMA triggers_constraint TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON triggers_constraint.item TO shadowstep_test_app;
