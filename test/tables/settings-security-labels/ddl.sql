-- Security labels on the table and a column, as SELinux or an anonymiser puts there: refused.
CREATE SCHEMA settings_security_labels;
CREATE TABLE settings_security_labels.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO settings_security_labels.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
SELECT public.label('settings_security_labels.item');
GRANT USAGE ON SCHEMA settings_security_labels TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA settings_security_labels TO shadowstep_test_app;
