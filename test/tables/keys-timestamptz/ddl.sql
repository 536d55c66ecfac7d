-- A moment as key, with a second column; infinity is a moment.
CREATE SCHEMA keys_timestamptz;
CREATE TABLE keys_timestamptz.item (at timestamptz, sensor smallint, value double precision, PRIMARY KEY (at, sensor));
INSERT INTO keys_timestamptz.item
SELECT timestamptz '2024-03-30 22:00:00Z' + (i / 3) * interval '10 minutes', i % 3, i / 7.0 FROM generate_series(1, 120) AS i;
CREATE INDEX item_newest ON keys_timestamptz.item (sensor, at DESC);
GRANT USAGE ON SCHEMA keys_timestamptz TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_timestamptz.item TO shadowstep_test_app;
