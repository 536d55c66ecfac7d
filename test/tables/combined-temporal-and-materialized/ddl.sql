-- A temporal unique constraint beside an ordinary key, a virtual column, an unenforced CHECK and a materialized view over all of it (18).
CREATE SCHEMA combined_temporal_and_materialized;
CREATE TABLE combined_temporal_and_materialized.item (id integer PRIMARY KEY, room text COLLATE "C" NOT NULL, during daterange NOT NULL, n integer,
  days integer GENERATED ALWAYS AS (upper(during) - lower(during)) VIRTUAL,
  CONSTRAINT one_at_a_time UNIQUE (room, during WITHOUT OVERLAPS),
  CONSTRAINT hoped CHECK (n > 10) NOT ENFORCED);
INSERT INTO combined_temporal_and_materialized.item (id, room, during, n) SELECT i, 'r' || i % 5, daterange(date '2025-01-01' + i * 10, date '2025-01-01' + i * 10 + 9), i FROM generate_series(1, 60) AS i;
CREATE MATERIALIZED VIEW combined_temporal_and_materialized.booked AS SELECT room, sum(days) AS days, range_agg(during) AS during FROM combined_temporal_and_materialized.item GROUP BY room;
CREATE UNIQUE INDEX booked_room ON combined_temporal_and_materialized.booked (room);
CREATE INDEX booked_during ON combined_temporal_and_materialized.booked USING gist (during);
CREATE FUNCTION combined_temporal_and_materialized.refresh() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ REFRESH MATERIALIZED VIEW CONCURRENTLY combined_temporal_and_materialized.booked $$;
GRANT USAGE ON SCHEMA combined_temporal_and_materialized TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA combined_temporal_and_materialized TO shadowstep_test_app;
