-- Extended statistics of every kind, on expressions, with targets, comments and in another schema.
CREATE SCHEMA dependents_statistics;
CREATE TABLE dependents_statistics.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO dependents_statistics.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE SCHEMA dependents_statistics_elsewhere;
CREATE STATISTICS dependents_statistics.all_kinds ON who, n FROM dependents_statistics.item;
CREATE STATISTICS dependents_statistics_elsewhere.one_kind (dependencies) ON n, note FROM dependents_statistics.item;
CREATE STATISTICS dependents_statistics.expressions (mcv, ndistinct) ON (n % 3), (lower(note)) FROM dependents_statistics.item;
CREATE STATISTICS dependents_statistics."One expression" ON (n % 7) FROM dependents_statistics.item;
ALTER STATISTICS dependents_statistics.all_kinds SET STATISTICS 50;
COMMENT ON STATISTICS dependents_statistics."One expression" IS 'only one';
ANALYZE dependents_statistics.item;
GRANT USAGE ON SCHEMA dependents_statistics TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA dependents_statistics TO shadowstep_test_app;
