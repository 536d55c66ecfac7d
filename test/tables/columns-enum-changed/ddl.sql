-- An enum whose labels were renamed and put in between, so that its order is not that of its OIDs.
CREATE SCHEMA columns_enum_changed;
CREATE TYPE columns_enum_changed.state AS ENUM ('new', 'paid', 'sent');
ALTER TYPE columns_enum_changed.state RENAME VALUE 'paid' TO 'it''s paid';
CREATE TABLE columns_enum_changed.item (id integer PRIMARY KEY, state columns_enum_changed.state DEFAULT 'new', history columns_enum_changed.state[]);
ALTER TYPE columns_enum_changed.state ADD VALUE 'open' BEFORE 'sent';
INSERT INTO columns_enum_changed.item SELECT i, (ARRAY['new', 'it''s paid', 'sent'])[1 + i % 3]::columns_enum_changed.state FROM generate_series(1, 60) AS i;
CREATE INDEX item_state ON columns_enum_changed.item (state DESC, id) WHERE state <> 'sent';
GRANT USAGE ON SCHEMA columns_enum_changed TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_enum_changed.item TO shadowstep_test_app;
