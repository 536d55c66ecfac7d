-- Event triggers of every event in the database: they look at each of our statements, and let no table of the schema be dropped or have a name in capitals.
CREATE TABLE settings_event_triggers.item (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n integer CHECK (n > 0), note text);
INSERT INTO settings_event_triggers.item (n, note) SELECT i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE INDEX item_n ON settings_event_triggers.item (n);
CREATE VIEW settings_event_triggers.high AS SELECT id, n FROM settings_event_triggers.item WHERE n > 30;
CREATE TABLE settings_event_triggers.child (id integer PRIMARY KEY, item_id integer REFERENCES settings_event_triggers.item ON DELETE CASCADE);
INSERT INTO settings_event_triggers.child SELECT i, i FROM generate_series(1, 60, 5) AS i;
GRANT USAGE ON SCHEMA settings_event_triggers TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON settings_event_triggers.item, settings_event_triggers.child TO shadowstep_test_app;
GRANT SELECT ON settings_event_triggers.high TO shadowstep_test_app;
