-- A materialized view of the table, which cannot be replaced: refused.
CREATE SCHEMA dependents_materialized_view;
CREATE TABLE dependents_materialized_view.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO dependents_materialized_view.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE MATERIALIZED VIEW dependents_materialized_view.totals AS SELECT who, sum(n) AS total FROM dependents_materialized_view.item GROUP BY who;
GRANT USAGE ON SCHEMA dependents_materialized_view TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA dependents_materialized_view TO shadowstep_test_app;
