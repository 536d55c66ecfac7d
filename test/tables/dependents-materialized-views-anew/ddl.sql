-- Materialized views of the table, made anew because the request asks for it: indexes, options, statistics, rights, views over them; one without data, one that reads the table through a view only.
CREATE SCHEMA dependents_materialized_views_anew;
CREATE TABLE dependents_materialized_views_anew.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO dependents_materialized_views_anew.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE MATERIALIZED VIEW dependents_materialized_views_anew.totals ("Who", total, notes) WITH (fillfactor = 80, autovacuum_enabled = false, toast.autovacuum_enabled = false)
  AS SELECT who, sum(n), string_agg(note, ',' ORDER BY id) FROM dependents_materialized_views_anew.item GROUP BY who;
CREATE UNIQUE INDEX "Totals by who" ON dependents_materialized_views_anew.totals ("Who");
CREATE INDEX totals_total_idx ON dependents_materialized_views_anew.totals (total DESC, lower("Who")) WHERE total > 0;
COMMENT ON MATERIALIZED VIEW dependents_materialized_views_anew.totals IS 'sums';
COMMENT ON COLUMN dependents_materialized_views_anew.totals.total IS 'a sum';
COMMENT ON INDEX dependents_materialized_views_anew."Totals by who" IS 'the key';
ALTER MATERIALIZED VIEW dependents_materialized_views_anew.totals ALTER COLUMN total SET STATISTICS 7;
ALTER MATERIALIZED VIEW dependents_materialized_views_anew.totals ALTER COLUMN total SET (n_distinct = 5);
ALTER MATERIALIZED VIEW dependents_materialized_views_anew.totals ALTER COLUMN notes SET STORAGE EXTERNAL;
ALTER MATERIALIZED VIEW dependents_materialized_views_anew.totals ALTER COLUMN notes SET COMPRESSION pglz;
ALTER MATERIALIZED VIEW dependents_materialized_views_anew.totals CLUSTER ON "Totals by who";
CREATE STATISTICS dependents_materialized_views_anew.totals_stats (ndistinct) ON "Who", total FROM dependents_materialized_views_anew.totals;
GRANT SELECT ON dependents_materialized_views_anew.totals TO shadowstep_test_app WITH GRANT OPTION;
GRANT SELECT (total) ON dependents_materialized_views_anew.totals TO shadowstep_test_reader;
REVOKE TRUNCATE ON dependents_materialized_views_anew.totals FROM shadowstep_test_owner;
CREATE VIEW dependents_materialized_views_anew.over_totals WITH (security_barrier = true) AS SELECT t.total, i.id FROM dependents_materialized_views_anew.totals AS t, dependents_materialized_views_anew.item AS i WHERE i.id = 1;
GRANT SELECT ON dependents_materialized_views_anew.over_totals TO shadowstep_test_reader;
CREATE SCHEMA dependents_materialized_views_anew_too;
CREATE MATERIALIZED VIEW dependents_materialized_views_anew_too.item TABLESPACE shadowstep_test_space AS SELECT id, n FROM dependents_materialized_views_anew.item WHERE n % 2 = 0;
CREATE INDEX item_pkey ON dependents_materialized_views_anew_too.item (id) TABLESPACE shadowstep_test_space;
CREATE MATERIALIZED VIEW dependents_materialized_views_anew.empty AS SELECT count(*) AS c FROM dependents_materialized_views_anew.item WITH NO DATA;
CREATE UNIQUE INDEX empty_c ON dependents_materialized_views_anew.empty (c);
CREATE VIEW dependents_materialized_views_anew.through AS SELECT id FROM dependents_materialized_views_anew.item WHERE id < 10;
CREATE MATERIALIZED VIEW dependents_materialized_views_anew.by_view AS SELECT count(*) AS c FROM dependents_materialized_views_anew.through;
CREATE FUNCTION dependents_materialized_views_anew.refresh(beside boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF beside THEN
    REFRESH MATERIALIZED VIEW CONCURRENTLY dependents_materialized_views_anew.totals;
  ELSE
    REFRESH MATERIALIZED VIEW dependents_materialized_views_anew.totals;
  END IF;
  REFRESH MATERIALIZED VIEW dependents_materialized_views_anew_too.item;
  REFRESH MATERIALIZED VIEW dependents_materialized_views_anew.by_view;
END $$;
GRANT USAGE ON SCHEMA dependents_materialized_views_anew TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON dependents_materialized_views_anew.item TO shadowstep_test_app;
GRANT SELECT ON dependents_materialized_views_anew.empty TO shadowstep_test_app;
