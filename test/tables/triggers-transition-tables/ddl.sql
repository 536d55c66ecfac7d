-- Transition tables for DELETE and UPDATE: an account kept by statements, row triggers that see them, those of a cascade from another table and of an upsert.
CREATE SCHEMA triggers_transition_tables;
CREATE TABLE triggers_transition_tables.team (id integer PRIMARY KEY);
CREATE TABLE triggers_transition_tables.item (id integer PRIMARY KEY, team_id integer REFERENCES triggers_transition_tables.team ON DELETE CASCADE, n integer NOT NULL, note text);
CREATE TABLE triggers_transition_tables.account (seq integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text);
INSERT INTO triggers_transition_tables.team SELECT i FROM generate_series(1, 6) AS i;
INSERT INTO triggers_transition_tables.item SELECT i, 1 + i % 6, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE FUNCTION triggers_transition_tables.deleted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO triggers_transition_tables.account (what) SELECT concat_ws(' ', TG_NAME, TG_TABLE_SCHEMA, count(*), sum(n), string_agg(id::text, ',' ORDER BY id)) FROM gone;
  RETURN NULL;
END
$$;
CREATE FUNCTION triggers_transition_tables.updated() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO triggers_transition_tables.account (what)
  SELECT concat_ws(' ', TG_NAME, count(*), sum(a.n - b.n), count(*) FILTER (WHERE a IS DISTINCT FROM b), (SELECT count(*) FROM before AS c WHERE c.id NOT IN (SELECT d.id FROM after AS d)))
  FROM before AS b JOIN after AS a USING (id);
  RETURN NULL;
END
$$;
CREATE FUNCTION triggers_transition_tables.share() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO triggers_transition_tables.account (what) SELECT concat_ws(' ', TG_NAME, TG_LEVEL, OLD.id, OLD.n, 'of', sum(n)) FROM gone;
  RETURN NULL;
END
$$;
CREATE TRIGGER deleted AFTER DELETE ON triggers_transition_tables.item REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION triggers_transition_tables.deleted();
CREATE TRIGGER updated AFTER UPDATE ON triggers_transition_tables.item REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION triggers_transition_tables.updated();
CREATE TRIGGER each_deleted AFTER DELETE ON triggers_transition_tables.item REFERENCING OLD TABLE AS gone FOR EACH ROW WHEN (OLD.n > 50) EXECUTE FUNCTION triggers_transition_tables.share();
CREATE TRIGGER off AFTER UPDATE ON triggers_transition_tables.item REFERENCING NEW TABLE AS "After" FOR EACH STATEMENT EXECUTE FUNCTION triggers_transition_tables.deleted();
ALTER TABLE triggers_transition_tables.item DISABLE TRIGGER off;
ALTER TABLE triggers_transition_tables.item ENABLE ALWAYS TRIGGER deleted;
COMMENT ON TRIGGER updated ON triggers_transition_tables.item IS 'before and after';
GRANT USAGE ON SCHEMA triggers_transition_tables TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON triggers_transition_tables.item TO shadowstep_test_app;
GRANT SELECT, DELETE ON triggers_transition_tables.team TO shadowstep_test_app;
GRANT SELECT ON triggers_transition_tables.account TO shadowstep_test_app;
