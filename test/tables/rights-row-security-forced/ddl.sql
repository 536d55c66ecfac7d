-- Row security that holds for the owner too: refused, since the role of the tool may not pass it by.
CREATE SCHEMA rights_row_security_forced;
CREATE TABLE rights_row_security_forced.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO rights_row_security_forced.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
ALTER TABLE rights_row_security_forced.item ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON rights_row_security_forced.item USING (who = CURRENT_USER);
GRANT USAGE ON SCHEMA rights_row_security_forced TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA rights_row_security_forced TO shadowstep_test_app;
