-- A key whose values can be equal and yet not alike: 0 and -0, a day and 24 hours, a month and 30 days; NaN and infinity are keys too.
CREATE SCHEMA keys_float_and_interval;
CREATE TABLE keys_float_and_interval.item (reading double precision, pause interval, note text, small real UNIQUE, PRIMARY KEY (reading, pause));
INSERT INTO keys_float_and_interval.item SELECT i / 3.0, i * interval '1 hour', 'n' || i, i / 7.0 FROM generate_series(1, 50) AS i;
INSERT INTO keys_float_and_interval.item VALUES (0, '1 mon', 'a month', 'NaN'), ('NaN', '1 day', 'a day', '-0'), ('-Infinity', '-1 mon +30 days', 'nothing', 'Infinity'), (5e-324, '1 year', 'small', 1e-45);
GRANT USAGE ON SCHEMA keys_float_and_interval TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_float_and_interval.item TO shadowstep_test_app;
