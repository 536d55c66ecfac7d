-- CHECKs that call functions of the schema: in PL/pgSQL, variadic, one that looks into another table; one of a domain.
CREATE SCHEMA constraints_check_by_functions;
CREATE TABLE constraints_check_by_functions.kind (id integer PRIMARY KEY, most integer NOT NULL);
INSERT INTO constraints_check_by_functions.kind SELECT i, i * 1000 FROM generate_series(1, 5) AS i;
CREATE FUNCTION constraints_check_by_functions.is_code(word text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$ BEGIN RETURN length(word) > 1 AND word ~ '^[a-z]'; EXCEPTION WHEN OTHERS THEN RETURN false; END $$;
CREATE FUNCTION constraints_check_by_functions.rising(VARIADIC numbers integer[]) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog
AS 'SELECT numbers IS NOT DISTINCT FROM (SELECT array_agg(n ORDER BY n) FROM unnest(numbers) AS n)';
CREATE FUNCTION constraints_check_by_functions.within_kind(which integer, number integer) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS 'SELECT number <= most FROM constraints_check_by_functions.kind WHERE id = which';
CREATE DOMAIN constraints_check_by_functions.code AS text CONSTRAINT a_code CHECK (constraints_check_by_functions.is_code(VALUE));
CREATE TABLE constraints_check_by_functions.item (
  id integer PRIMARY KEY,
  code constraints_check_by_functions.code,
  kind integer NOT NULL,
  low integer,
  high integer,
  note text CONSTRAINT note_is_code CHECK (constraints_check_by_functions.is_code(note)) NO INHERIT,
  CONSTRAINT rising CHECK (constraints_check_by_functions.rising(low, high)),
  CONSTRAINT within CHECK (constraints_check_by_functions.within_kind(kind, high))
);
INSERT INTO constraints_check_by_functions.item SELECT i, 'c' || i, 1 + i % 5, i, i + 5, 'n' || i FROM generate_series(1, 60) AS i;
ALTER TABLE constraints_check_by_functions.item ADD CONSTRAINT later CHECK (constraints_check_by_functions.rising(kind, low)) NOT VALID;
COMMENT ON CONSTRAINT within ON constraints_check_by_functions.item IS 'as its kind allows';
GRANT USAGE ON SCHEMA constraints_check_by_functions TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON constraints_check_by_functions.item TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE ON constraints_check_by_functions.kind TO shadowstep_test_app;
