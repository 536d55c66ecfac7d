-- Indexes over expressions, with statistics targets of their own, a unique one, one with a function of the schema.
CREATE SCHEMA indexes_expressions;
CREATE FUNCTION indexes_expressions.norm(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog AS 'SELECT btrim(lower(t))';
CREATE TABLE indexes_expressions.item (id integer PRIMARY KEY, mail text, a integer, b integer, document jsonb);
INSERT INTO indexes_expressions.item SELECT i, ' Mail' || i || ' ', i, -i, jsonb_build_object('k', i % 9) FROM generate_series(1, 80) AS i;
CREATE UNIQUE INDEX item_mail ON indexes_expressions.item (indexes_expressions.norm(mail));
CREATE INDEX item_mixed ON indexes_expressions.item ((a + b), a, (a * b) DESC NULLS LAST) INCLUDE (mail) WHERE (document ->> 'k')::integer > 3;
CREATE INDEX item_key ON indexes_expressions.item ((document -> 'k'), lower(mail) text_pattern_ops);
ALTER INDEX indexes_expressions.item_mixed ALTER COLUMN 1 SET STATISTICS 500;
ALTER INDEX indexes_expressions.item_key ALTER COLUMN 2 SET STATISTICS 0;
GRANT USAGE ON SCHEMA indexes_expressions TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_expressions.item TO shadowstep_test_app;
