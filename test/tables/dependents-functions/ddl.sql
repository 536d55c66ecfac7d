-- Functions and procedures with SQL-standard bodies, and of the row type: taken, returned as a set, in arrays, with defaults.
CREATE SCHEMA dependents_functions;
CREATE TABLE dependents_functions.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO dependents_functions.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE FUNCTION dependents_functions.total() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT sum(n) FROM dependents_functions.item; END;
CREATE VIEW dependents_functions.totals AS SELECT dependents_functions.total() AS total;
CREATE PROCEDURE dependents_functions.forget(which integer) LANGUAGE sql BEGIN ATOMIC DELETE FROM dependents_functions.item WHERE id = which; END;
CREATE FUNCTION dependents_functions.title(dependents_functions.item) RETURNS text LANGUAGE sql STABLE AS 'SELECT $1.note || $1.n';
CREATE FUNCTION dependents_functions.below(integer DEFAULT 3) RETURNS SETOF dependents_functions.item LANGUAGE plpgsql STABLE ROWS 5
  AS 'BEGIN RETURN QUERY SELECT * FROM dependents_functions.item WHERE n < $1; END';
CREATE FUNCTION dependents_functions.several(VARIADIC dependents_functions.item[]) RETURNS integer LANGUAGE sql AS 'SELECT cardinality($1)';
COMMENT ON FUNCTION dependents_functions.title IS 'a title';
REVOKE ALL ON FUNCTION dependents_functions.below FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dependents_functions.below TO shadowstep_test_app WITH GRANT OPTION;
GRANT USAGE ON SCHEMA dependents_functions TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA dependents_functions TO shadowstep_test_app;
