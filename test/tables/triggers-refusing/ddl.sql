-- A trigger that refuses some writes, and every TRUNCATE.
CREATE SCHEMA triggers_refusing;
CREATE TABLE triggers_refusing.item (id integer PRIMARY KEY, n integer, note text);
INSERT INTO triggers_refusing.item SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE FUNCTION triggers_refusing.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'P0009', MESSAGE = 'not this';
END
$$;
CREATE TRIGGER keep BEFORE DELETE ON triggers_refusing.item FOR EACH ROW WHEN (OLD.n < 10) EXECUTE FUNCTION triggers_refusing.refuse();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON triggers_refusing.item EXECUTE FUNCTION triggers_refusing.refuse();
GRANT USAGE ON SCHEMA triggers_refusing TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON triggers_refusing.item TO shadowstep_test_app;
