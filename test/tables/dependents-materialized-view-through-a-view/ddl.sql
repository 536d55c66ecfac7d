-- Materialized views that read the table through views only, one of them over another: they follow with the views, and nobody asks.
CREATE SCHEMA dependents_materialized_view_through_a_view;
CREATE TABLE dependents_materialized_view_through_a_view.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO dependents_materialized_view_through_a_view.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE VIEW dependents_materialized_view_through_a_view.plain AS SELECT who, n FROM dependents_materialized_view_through_a_view.item WHERE n > 0;
CREATE VIEW dependents_materialized_view_through_a_view.over_plain AS SELECT who, sum(n) AS total FROM dependents_materialized_view_through_a_view.plain GROUP BY who;
CREATE MATERIALIZED VIEW dependents_materialized_view_through_a_view.totals AS SELECT who, total FROM dependents_materialized_view_through_a_view.over_plain;
CREATE UNIQUE INDEX totals_who ON dependents_materialized_view_through_a_view.totals (who);
CREATE MATERIALIZED VIEW dependents_materialized_view_through_a_view.over AS SELECT max(total) AS most FROM dependents_materialized_view_through_a_view.totals;
CREATE FUNCTION dependents_materialized_view_through_a_view.refresh() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  REFRESH MATERIALIZED VIEW CONCURRENTLY dependents_materialized_view_through_a_view.totals;
  REFRESH MATERIALIZED VIEW dependents_materialized_view_through_a_view.over;
END $$;
GRANT USAGE ON SCHEMA dependents_materialized_view_through_a_view TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA dependents_materialized_view_through_a_view TO shadowstep_test_app;
