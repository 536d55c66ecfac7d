-- The same key in another dress.
UPDATE keys_float_and_interval.item SET reading = '-0', pause = '30 days' WHERE reading = 0 RETURNING reading::text, pause::text;

-- refused 23505
INSERT INTO keys_float_and_interval.item VALUES ('NaN', '24:00:00', 'again', 100);

-- refused 23505
INSERT INTO keys_float_and_interval.item VALUES (0, '1 mon', 'again', 101);

DELETE FROM keys_float_and_interval.item WHERE reading = 'NaN'; INSERT INTO keys_float_and_interval.item VALUES ('NaN', '24:00:00', 'other hours', 0);

UPDATE keys_float_and_interval.item SET pause = '0' WHERE reading = '-Infinity' RETURNING pause::text;

INSERT INTO keys_float_and_interval.item VALUES (0, '720:00:00', 'upserted', 7) ON CONFLICT (reading, pause) DO UPDATE SET pause = excluded.pause, note = excluded.note;

UPDATE keys_float_and_interval.item SET reading = -reading WHERE reading BETWEEN 2 AND 5;

UPDATE keys_float_and_interval.item SET small = '-0' WHERE small = 0;

-- refused 23505
UPDATE keys_float_and_interval.item SET small = 'NaN' WHERE reading = 'NaN';

DELETE FROM keys_float_and_interval.item WHERE pause = '1 year';

SELECT reading::text, pause::text, note, small::text FROM keys_float_and_interval.item WHERE reading <= 0 OR reading = 'NaN' ORDER BY reading, pause;
