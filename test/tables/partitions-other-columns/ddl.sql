-- A partition that was attached later: other order of columns than its root, columns dropped in both, defaults and NOT NULL of its own, names of constraints of its own; its bound takes NULL.
CREATE SCHEMA partitions_other_columns;
CREATE TABLE partitions_other_columns.sale (gone integer, id bigint NOT NULL, region text, gone_too text, n integer NOT NULL DEFAULT 1, tax integer GENERATED ALWAYS AS (n / 5) STORED, note text, CONSTRAINT sale_n CHECK (n > 0)) PARTITION BY LIST (region);
ALTER TABLE partitions_other_columns.sale DROP COLUMN gone, DROP COLUMN gone_too;
CREATE TABLE partitions_other_columns.item (
  note text DEFAULT 'here', was text, n integer NOT NULL DEFAULT 7, region text, dropped jsonb, id bigint NOT NULL,
  tax integer GENERATED ALWAYS AS (n / 5) STORED,
  CONSTRAINT "its key" PRIMARY KEY (id), CONSTRAINT sale_n CHECK (n > 0), CONSTRAINT only_here CHECK (note <> 'never') NOT VALID
);
ALTER TABLE partitions_other_columns.item DROP COLUMN was, DROP COLUMN dropped;
CREATE TABLE partitions_other_columns.rest (region text, id bigint NOT NULL, tax integer GENERATED ALWAYS AS (n / 5) STORED, n integer NOT NULL DEFAULT 1, note text, CONSTRAINT sale_n CHECK (n > 0));
ALTER TABLE partitions_other_columns.item ALTER COLUMN note SET NOT NULL, ALTER COLUMN note SET STATISTICS 50;
INSERT INTO partitions_other_columns.item (id, region, n) SELECT i, CASE WHEN i % 4 > 0 THEN 'eu' END, i FROM generate_series(1, 60) AS i;
INSERT INTO partitions_other_columns.rest (id, region, n) SELECT i, 'r' || i % 5, i FROM generate_series(61, 90) AS i;
ALTER TABLE partitions_other_columns.sale ATTACH PARTITION partitions_other_columns.item FOR VALUES IN ('eu', NULL);
ALTER TABLE partitions_other_columns.sale ATTACH PARTITION partitions_other_columns.rest DEFAULT;
CREATE INDEX sale_tax ON partitions_other_columns.sale (tax, note) WHERE n > 5;
CREATE INDEX item_note ON partitions_other_columns.item (lower(note));
CREATE VIEW partitions_other_columns.all_of_it AS SELECT * FROM partitions_other_columns.sale;
CREATE STATISTICS partitions_other_columns.of_item ON region, n FROM partitions_other_columns.item;
COMMENT ON COLUMN partitions_other_columns.item.note IS 'said there';
GRANT USAGE ON SCHEMA partitions_other_columns TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA partitions_other_columns TO shadowstep_test_app;
