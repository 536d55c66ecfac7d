-- Row triggers before and after each event, with conditions, columns and arguments; they see every write once, and no copying.
CREATE SCHEMA triggers_row;
CREATE TABLE triggers_row.item (id integer PRIMARY KEY, n integer, note text);
INSERT INTO triggers_row.item SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE TABLE triggers_row.seen (seq bigint GENERATED ALWAYS AS IDENTITY, what text);
CREATE FUNCTION triggers_row.see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO triggers_row.seen (what) VALUES (concat_ws(' ', TG_NAME, TG_WHEN, TG_LEVEL, TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0],
    CASE WHEN TG_LEVEL = 'ROW' THEN CASE TG_OP WHEN 'DELETE' THEN OLD::text ELSE NEW::text END END));
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER a_before BEFORE INSERT OR UPDATE ON triggers_row.item FOR EACH ROW EXECUTE FUNCTION triggers_row.see('it''s \ "an" argument', '2');
CREATE TRIGGER b_after AFTER INSERT OR UPDATE OR DELETE ON triggers_row.item FOR EACH ROW EXECUTE FUNCTION triggers_row.see();
CREATE TRIGGER c_columns AFTER UPDATE OF note, n ON triggers_row.item FOR EACH ROW WHEN (OLD.note IS DISTINCT FROM NEW.note) EXECUTE FUNCTION triggers_row.see('c');
CREATE TRIGGER "D quoted" BEFORE DELETE ON triggers_row.item FOR EACH ROW WHEN (OLD.* IS NOT NULL) EXECUTE FUNCTION triggers_row.see('ON');
COMMENT ON TRIGGER "D quoted" ON triggers_row.item IS 'on delete';
GRANT USAGE ON SCHEMA triggers_row TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON triggers_row.item TO shadowstep_test_app;
