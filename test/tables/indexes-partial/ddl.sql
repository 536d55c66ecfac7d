-- Partial indexes, unique ones among them, with predicates that read like other clauses.
CREATE SCHEMA indexes_partial;
CREATE TABLE indexes_partial.item (id integer PRIMARY KEY, state text, slot integer, note text);
INSERT INTO indexes_partial.item SELECT i, (ARRAY['open', 'done', 'odd ON x USING btree (y)'])[1 + i % 3], i / 2, 'n' || i FROM generate_series(1, 90) AS i;
CREATE UNIQUE INDEX item_open_slot ON indexes_partial.item (slot) WHERE state = 'open';
CREATE INDEX item_odd ON indexes_partial.item (note) WHERE state = 'odd ON x USING btree (y)' AND note <> ' TABLESPACE t';
CREATE INDEX item_null ON indexes_partial.item (slot) WHERE note IS NULL;
CREATE INDEX item_none ON indexes_partial.item (slot) WHERE false;
GRANT USAGE ON SCHEMA indexes_partial TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_partial.item TO shadowstep_test_app;
