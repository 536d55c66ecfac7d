-- Row security with policies of every command, permissive and restrictive, and a policy of another table that reads this one.
CREATE SCHEMA rights_row_security;
CREATE TABLE rights_row_security.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO rights_row_security.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE TABLE rights_row_security.secret (item_id integer PRIMARY KEY, words text);
INSERT INTO rights_row_security.secret SELECT id, 's' || id FROM rights_row_security.item;
UPDATE rights_row_security.item SET who = 'shadowstep_test_reader' WHERE id > 40;
ALTER TABLE rights_row_security.item ENABLE ROW LEVEL SECURITY;
ALTER TABLE rights_row_security.secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON rights_row_security.item FOR SELECT TO shadowstep_test_app, shadowstep_test_reader USING (who = CURRENT_USER);
CREATE POLICY add ON rights_row_security.item FOR INSERT WITH CHECK (n > 0);
CREATE POLICY change ON rights_row_security.item FOR UPDATE USING (id <> 7) WITH CHECK (n < 1000);
CREATE POLICY remove ON rights_row_security.item FOR DELETE USING (EXISTS (SELECT FROM rights_row_security.secret AS s WHERE s.item_id = item.id));
CREATE POLICY "Never 13" ON rights_row_security.item AS RESTRICTIVE TO PUBLIC USING (id <> 13);
CREATE POLICY as_item ON rights_row_security.secret USING (EXISTS (SELECT FROM rights_row_security.item AS i WHERE i.id = item_id AND i.n > 3));
COMMENT ON POLICY mine ON rights_row_security.item IS 'one''s own';
GRANT USAGE ON SCHEMA rights_row_security TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA rights_row_security TO shadowstep_test_app;
