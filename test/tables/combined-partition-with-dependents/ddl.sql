-- A partition that is itself read by views, a materialized view that is made anew, a policy and a function, and is published and has statistics.
CREATE SCHEMA combined_partition_with_dependents;
CREATE TABLE combined_partition_with_dependents.sale (id integer NOT NULL, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE combined_partition_with_dependents.item PARTITION OF combined_partition_with_dependents.sale FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE combined_partition_with_dependents.later PARTITION OF combined_partition_with_dependents.sale FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
CREATE TABLE combined_partition_with_dependents.watched (id integer PRIMARY KEY);
CREATE VIEW combined_partition_with_dependents.seen AS SELECT id, n FROM combined_partition_with_dependents.item WHERE n > 2;
CREATE FUNCTION combined_partition_with_dependents.refresh() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ REFRESH MATERIALIZED VIEW combined_partition_with_dependents.totals $$;
CREATE FUNCTION combined_partition_with_dependents.total() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(n) FROM combined_partition_with_dependents.item; END;
ALTER TABLE combined_partition_with_dependents.watched ENABLE ROW LEVEL SECURITY;
CREATE POLICY sold ON combined_partition_with_dependents.watched USING (EXISTS (SELECT FROM combined_partition_with_dependents.item AS i WHERE i.id = watched.id));
CREATE STATISTICS combined_partition_with_dependents.together ON id, n FROM combined_partition_with_dependents.item;
INSERT INTO combined_partition_with_dependents.sale (id, n, at) SELECT i, i, date '2025-11-01' + i FROM generate_series(1, 90) AS i;
INSERT INTO combined_partition_with_dependents.watched SELECT i FROM generate_series(1, 90, 7) AS i;
CREATE MATERIALIZED VIEW combined_partition_with_dependents.totals AS SELECT who, sum(n) AS total FROM combined_partition_with_dependents.item GROUP BY who;
CREATE UNIQUE INDEX totals_who ON combined_partition_with_dependents.totals (who);
CREATE VIEW combined_partition_with_dependents.over_totals AS SELECT total FROM combined_partition_with_dependents.totals;
GRANT USAGE ON SCHEMA combined_partition_with_dependents TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA combined_partition_with_dependents TO shadowstep_test_app;
