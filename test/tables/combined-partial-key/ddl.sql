-- Nothing but indexes that look like keys, and one that is: NULLs, expressions, predicates, deferrable, and NOT NULL at last.
CREATE SCHEMA combined_partial_key;
CREATE TABLE combined_partial_key.item (a integer, b integer NOT NULL, c text NOT NULL, d integer NOT NULL);
ALTER TABLE combined_partial_key.item ADD CONSTRAINT deferred_b UNIQUE (b) DEFERRABLE;
CREATE UNIQUE INDEX item_a ON combined_partial_key.item (a);
CREATE UNIQUE INDEX item_lower ON combined_partial_key.item (lower(c));
CREATE UNIQUE INDEX item_partly ON combined_partial_key.item (d) WHERE d > 0;
CREATE UNIQUE INDEX item_key ON combined_partial_key.item (c DESC, d) INCLUDE (a);
INSERT INTO combined_partial_key.item SELECT nullif(i, 7), i, 'c' || i, i FROM generate_series(1, 50) AS i;
GRANT USAGE ON SCHEMA combined_partial_key TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON combined_partial_key.item TO shadowstep_test_app;
