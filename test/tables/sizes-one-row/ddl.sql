-- One row, whose key changes and which is deleted and comes back.
CREATE SCHEMA sizes_one_row;
CREATE TABLE sizes_one_row.item (id integer PRIMARY KEY, n integer UNIQUE);
INSERT INTO sizes_one_row.item VALUES (1, 1);
GRANT USAGE ON SCHEMA sizes_one_row TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON sizes_one_row.item TO shadowstep_test_app;
