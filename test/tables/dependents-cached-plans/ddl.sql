-- What the application's session keeps of the table over the swap: prepared statements, a cursor, plans of functions with variables of its row type, which they use field by field, and of its columns' types.
CREATE SCHEMA dependents_cached_plans;
CREATE TABLE dependents_cached_plans.item (gone text, id integer PRIMARY KEY, n numeric(8, 2), gone_too integer, note text COLLATE "C");
INSERT INTO dependents_cached_plans.item SELECT 'x', i, i, i, 'n' || i FROM generate_series(1, 60) AS i;
ALTER TABLE dependents_cached_plans.item DROP COLUMN gone, DROP COLUMN gone_too;
CREATE FUNCTION dependents_cached_plans.raise_by(which integer, amount dependents_cached_plans.item.n%TYPE) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  old dependents_cached_plans.item%ROWTYPE;
  whole record;
  note dependents_cached_plans.item.note%TYPE;
BEGIN
  SELECT * INTO STRICT old FROM dependents_cached_plans.item AS i WHERE i.id = which;
  old.n := old.n + amount;
  UPDATE dependents_cached_plans.item AS i SET n = old.n, note = old.note || '+' WHERE i.id = old.id RETURNING i.note INTO note;
  SELECT * INTO whole FROM dependents_cached_plans.item AS i WHERE i.id = which;
  RETURN note || ' ' || to_jsonb(whole);
END
$$;
CREATE FUNCTION dependents_cached_plans.doubled(most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  one dependents_cached_plans.item;
  total integer := 0;
BEGIN
  FOR one IN SELECT * FROM dependents_cached_plans.item WHERE id < most ORDER BY id LOOP
    one.id := -one.id;
    INSERT INTO dependents_cached_plans.item VALUES (one.*) ON CONFLICT DO NOTHING;
    total := total + one.n;
  END LOOP;
  RETURN total;
END
$$;
CREATE FUNCTION dependents_cached_plans.count_of(text) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM dependents_cached_plans.item WHERE note LIKE $1';
GRANT USAGE ON SCHEMA dependents_cached_plans TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON dependents_cached_plans.item TO shadowstep_test_app;
