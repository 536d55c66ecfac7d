-- The default partition below two columns of ranges, one bound of which has no end; rows come into it from others and go from it to them.
CREATE SCHEMA partitions_default;
CREATE TABLE partitions_default.sale (id integer NOT NULL, at date NOT NULL, n integer, note text DEFAULT 'none', CONSTRAINT sale_key PRIMARY KEY (at, id)) PARTITION BY RANGE (at, id);
CREATE TABLE partitions_default.early PARTITION OF partitions_default.sale FOR VALUES FROM (MINVALUE, MINVALUE) TO ('2024-01-01', 100);
CREATE TABLE partitions_default.mid PARTITION OF partitions_default.sale FOR VALUES FROM ('2024-06-01', 10) TO ('2024-07-01', MAXVALUE);
CREATE TABLE partitions_default.item PARTITION OF partitions_default.sale DEFAULT;
INSERT INTO partitions_default.sale SELECT i, date '2023-12-01' + i * 3, i, 'n' || i FROM generate_series(1, 100) AS i;
CREATE INDEX sale_n ON partitions_default.sale (n);
CREATE UNIQUE INDEX item_n ON partitions_default.item (n, at) WHERE n > 0;
ALTER TABLE partitions_default.item ADD CONSTRAINT known CHECK (note IS NOT NULL), SET (fillfactor = 70);
CREATE VIEW partitions_default.strays AS SELECT id, at FROM partitions_default.item;
COMMENT ON TABLE partitions_default.item IS 'what has no place';
GRANT USAGE ON SCHEMA partitions_default TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA partitions_default TO shadowstep_test_app;
