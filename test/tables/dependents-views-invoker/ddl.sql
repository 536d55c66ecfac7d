-- Views with security_invoker, from PostgreSQL 15 on, under a security_barrier view that checks what is written through it.
CREATE SCHEMA dependents_views_invoker;
CREATE TABLE dependents_views_invoker.item (id integer PRIMARY KEY, kind text NOT NULL, note text);
INSERT INTO dependents_views_invoker.item SELECT i, CASE i % 2 WHEN 0 THEN 'even' ELSE 'odd' END, 'n' || i FROM generate_series(1, 60) AS i;
CREATE VIEW dependents_views_invoker.as_invoker WITH (security_invoker = true) AS
  SELECT id, kind, note FROM dependents_views_invoker.item;
CREATE VIEW dependents_views_invoker.even WITH (security_barrier = true, check_option = cascaded, security_invoker = true) AS
  SELECT id, kind, note FROM dependents_views_invoker.as_invoker WHERE kind = 'even';
GRANT USAGE ON SCHEMA dependents_views_invoker TO shadowstep_test_app, shadowstep_test_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA dependents_views_invoker TO shadowstep_test_app;
GRANT SELECT ON dependents_views_invoker.even TO shadowstep_test_reader;
