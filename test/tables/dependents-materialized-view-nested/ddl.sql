-- A materialized view of a materialized view of the table, and a function that reads one: not followed, so refused though the request asks for them anew.
CREATE SCHEMA dependents_materialized_view_nested;
CREATE TABLE dependents_materialized_view_nested.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO dependents_materialized_view_nested.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE MATERIALIZED VIEW dependents_materialized_view_nested.totals AS SELECT who, sum(n) AS total FROM dependents_materialized_view_nested.item GROUP BY who;
CREATE MATERIALIZED VIEW dependents_materialized_view_nested.over AS SELECT total FROM dependents_materialized_view_nested.totals;
CREATE FUNCTION dependents_materialized_view_nested.most() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT max(total) FROM dependents_materialized_view_nested.over; END;
GRANT USAGE ON SCHEMA dependents_materialized_view_nested TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA dependents_materialized_view_nested TO shadowstep_test_app;
