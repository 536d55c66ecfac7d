INSERT INTO keys_timestamptz.item VALUES ('infinity', 0, 1), ('-infinity', 0, 2), ('0044-03-15 12:00:00Z BC', 1, 3);

UPDATE keys_timestamptz.item SET at = at + interval '1 hour' WHERE sensor = 2 AND at > '2024-03-31 04:00:00Z';

-- refused 23505
INSERT INTO keys_timestamptz.item VALUES ('infinity', 0, 9);

DELETE FROM keys_timestamptz.item WHERE at = timestamptz '2024-03-31 01:00:00+01';

UPDATE keys_timestamptz.item SET sensor = 5 WHERE at = '-infinity' RETURNING at;

INSERT INTO keys_timestamptz.item VALUES ('2024-03-31 02:30:00+02', 9, 'NaN') RETURNING at AT TIME ZONE 'UTC';
