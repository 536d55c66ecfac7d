-- Statement triggers with transition tables, for each event, TRUNCATE too.
CREATE SCHEMA triggers_statement;
CREATE TABLE triggers_statement.item (id integer PRIMARY KEY, n integer, note text);
INSERT INTO triggers_statement.item SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE TABLE triggers_statement.seen (seq bigint GENERATED ALWAYS AS IDENTITY, what text);
CREATE FUNCTION triggers_statement.see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO triggers_statement.seen (what) VALUES (concat_ws(' ', TG_NAME, TG_WHEN, TG_LEVEL, TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0],
    CASE WHEN TG_LEVEL = 'ROW' THEN CASE TG_OP WHEN 'DELETE' THEN OLD::text ELSE NEW::text END END));
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE FUNCTION triggers_statement.count_rows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO triggers_statement.seen (what) SELECT TG_OP || ' ' || count(*) || ' ' || coalesce(sum(id), 0) FROM new_rows;
  RETURN NULL;
END
$$;
CREATE TRIGGER inserted AFTER INSERT ON triggers_statement.item REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION triggers_statement.count_rows();
CREATE TRIGGER updated AFTER UPDATE ON triggers_statement.item REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION triggers_statement.count_rows();
CREATE TRIGGER before_any BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON triggers_statement.item FOR EACH STATEMENT EXECUTE FUNCTION triggers_statement.see('any');
CREATE TRIGGER truncated AFTER TRUNCATE ON triggers_statement.item EXECUTE FUNCTION triggers_statement.see('all');
GRANT USAGE ON SCHEMA triggers_statement TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON triggers_statement.item TO shadowstep_test_app;
