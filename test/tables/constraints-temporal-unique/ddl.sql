-- A unique constraint WITHOUT OVERLAPS (18) beside an ordinary key.
CREATE SCHEMA constraints_temporal_unique;
CREATE TABLE constraints_temporal_unique.item (
  id integer PRIMARY KEY,
  room integer NOT NULL,
  during daterange NOT NULL,
  CONSTRAINT booked_once UNIQUE (room, during WITHOUT OVERLAPS)
);
INSERT INTO constraints_temporal_unique.item SELECT i, i % 3, daterange(date '2024-01-01' + i, date '2024-01-02' + i) FROM generate_series(1, 60) AS i;
COMMENT ON CONSTRAINT booked_once ON constraints_temporal_unique.item IS 'temporal';
GRANT USAGE ON SCHEMA constraints_temporal_unique TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON constraints_temporal_unique.item TO shadowstep_test_app;
