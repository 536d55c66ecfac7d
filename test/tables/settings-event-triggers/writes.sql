INSERT INTO settings_event_triggers.item (n) VALUES (100) RETURNING id;

UPDATE settings_event_triggers.item SET n = n + 1 WHERE id < 10;

DELETE FROM settings_event_triggers.item WHERE id = 11;

-- refused 23503
INSERT INTO settings_event_triggers.child VALUES (100, 11);

SELECT count(*) FROM settings_event_triggers.high;

INSERT INTO settings_event_triggers.item (n, note) VALUES (101, 'new') RETURNING id;
