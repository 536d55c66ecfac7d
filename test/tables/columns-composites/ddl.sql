-- Columns of composite types, one in a domain, one nested in another, with NULL fields, and a composite key.
CREATE SCHEMA columns_composites;
CREATE TYPE columns_composites.place AS (street text, number integer);
CREATE DOMAIN columns_composites.home AS columns_composites.place CHECK ((VALUE).number > 0);
CREATE TYPE columns_composites.person AS (name text, living columns_composites.place, tags text[]);
CREATE TABLE columns_composites.item (id columns_composites.place PRIMARY KEY, lives columns_composites.home, who columns_composites.person);
INSERT INTO columns_composites.item
SELECT ROW('s' || i, i)::columns_composites.place, ROW('h, "quoted"', i)::columns_composites.place, ROW('p' || i, ROW(NULL, i), ARRAY['a', NULL])::columns_composites.person FROM generate_series(1, 50) AS i;
CREATE INDEX item_number ON columns_composites.item ((((who).living).number));
GRANT USAGE ON SCHEMA columns_composites TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_composites.item TO shadowstep_test_app;
