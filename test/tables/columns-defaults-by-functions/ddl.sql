-- Defaults by functions of the schema: one that counts, one that asks another table, one with an SQL-standard body that reads this very table, one in a domain.
CREATE SCHEMA columns_defaults_by_functions;
CREATE SEQUENCE columns_defaults_by_functions.numbers START WITH 500;
CREATE TABLE columns_defaults_by_functions.rate (name text PRIMARY KEY, value numeric(6, 3) NOT NULL);
INSERT INTO columns_defaults_by_functions.rate VALUES ('usual', 7.5), ('other', 1);
CREATE FUNCTION columns_defaults_by_functions.next_code(prefix text, width integer DEFAULT 5) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RETURN prefix || '-' || lpad(nextval('columns_defaults_by_functions.numbers')::text, width, '0'); END $$;
CREATE FUNCTION columns_defaults_by_functions.usual_rate() RETURNS numeric LANGUAGE sql STABLE RETURN (SELECT value FROM columns_defaults_by_functions.rate WHERE name = 'usual');
CREATE DOMAIN columns_defaults_by_functions.label AS text DEFAULT columns_defaults_by_functions.next_code('L');
CREATE TABLE columns_defaults_by_functions.item (
  id integer PRIMARY KEY,
  code text NOT NULL DEFAULT columns_defaults_by_functions.next_code('I', width => 7) UNIQUE,
  rate numeric(6, 3) DEFAULT columns_defaults_by_functions.usual_rate() * 2,
  label columns_defaults_by_functions.label,
  place integer NOT NULL
);
CREATE FUNCTION columns_defaults_by_functions.last_place() RETURNS integer LANGUAGE sql STABLE BEGIN ATOMIC SELECT coalesce(max(place), 0) FROM columns_defaults_by_functions.item; END;
ALTER TABLE columns_defaults_by_functions.item ALTER COLUMN place SET DEFAULT columns_defaults_by_functions.last_place() + 10;
COMMENT ON FUNCTION columns_defaults_by_functions.last_place IS 'how far they go';
GRANT EXECUTE ON FUNCTION columns_defaults_by_functions.last_place TO shadowstep_test_reader WITH GRANT OPTION;
INSERT INTO columns_defaults_by_functions.item (id) SELECT i FROM generate_series(1, 40) AS i;
INSERT INTO columns_defaults_by_functions.item (id) VALUES (41);
ALTER TABLE columns_defaults_by_functions.item ADD COLUMN late text DEFAULT columns_defaults_by_functions.next_code('A');
GRANT USAGE ON SCHEMA columns_defaults_by_functions TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_defaults_by_functions.item TO shadowstep_test_app;
GRANT SELECT, UPDATE ON columns_defaults_by_functions.rate TO shadowstep_test_app;
