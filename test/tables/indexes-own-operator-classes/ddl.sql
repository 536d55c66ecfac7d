-- Operators and operator classes of the schema's own, to which 5 and -5 are one: in the index that is the key, in others, in a hash index and an exclusion.
CREATE TABLE indexes_own_operator_classes.item (n integer NOT NULL, code text NOT NULL, depth integer, other integer, note text, CONSTRAINT once EXCLUDE USING btree (other indexes_own_operator_classes.by_size WITH OPERATOR(indexes_own_operator_classes.=#)));
CREATE UNIQUE INDEX item_key ON indexes_own_operator_classes.item (n indexes_own_operator_classes.by_size, code);
INSERT INTO indexes_own_operator_classes.item SELECT i * (i % 3 - 1), 'c' || i, -i, -i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE INDEX item_depth ON indexes_own_operator_classes.item (depth indexes_own_operator_classes.by_size DESC) INCLUDE (note);
CREATE INDEX item_hash ON indexes_own_operator_classes.item USING hash (depth indexes_own_operator_classes.by_size);
CREATE INDEX item_far ON indexes_own_operator_classes.item (code) WHERE depth OPERATOR(indexes_own_operator_classes.>#) 10;
GRANT USAGE ON SCHEMA indexes_own_operator_classes TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON indexes_own_operator_classes.item TO shadowstep_test_app;
