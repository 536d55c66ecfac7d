-- No row at all, and indexes, constraints and an identity all the same.
CREATE SCHEMA sizes_empty;
CREATE TABLE sizes_empty.item (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text UNIQUE, n integer CHECK (n > 0));
CREATE INDEX item_n ON sizes_empty.item (n);
GRANT USAGE ON SCHEMA sizes_empty TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON sizes_empty.item TO shadowstep_test_app;
