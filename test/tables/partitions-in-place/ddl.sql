-- A partition below a partition, beside default ones, with an index, a trigger and a CHECK of its own, rebuilt in its place.
CREATE SCHEMA partitions_in_place;
CREATE TABLE partitions_in_place.sale (id integer NOT NULL, region text NOT NULL, n integer, note text DEFAULT 'none', PRIMARY KEY (region, id)) PARTITION BY LIST (region);
CREATE TABLE partitions_in_place.eu PARTITION OF partitions_in_place.sale FOR VALUES IN ('eu') PARTITION BY RANGE (id);
CREATE TABLE partitions_in_place.elsewhere PARTITION OF partitions_in_place.sale DEFAULT;
CREATE TABLE partitions_in_place.item PARTITION OF partitions_in_place.eu FOR VALUES FROM (1) TO (100);
CREATE TABLE partitions_in_place.eu_more PARTITION OF partitions_in_place.eu DEFAULT;
CREATE INDEX sale_n ON partitions_in_place.sale (n DESC) WHERE n > 0;
CREATE INDEX item_note ON partitions_in_place.item (note);
ALTER TABLE partitions_in_place.item ADD CONSTRAINT item_n CHECK (n < 100000), ALTER COLUMN note SET DEFAULT 'here', SET (fillfactor = 80);
CREATE FUNCTION partitions_in_place.count_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n := NEW.n + 1; RETURN NEW; END $$;
CREATE TRIGGER of_all BEFORE UPDATE ON partitions_in_place.sale FOR EACH ROW EXECUTE FUNCTION partitions_in_place.count_up();
CREATE TRIGGER only_here BEFORE INSERT ON partitions_in_place.item FOR EACH ROW EXECUTE FUNCTION partitions_in_place.count_up();
COMMENT ON TABLE partitions_in_place.item IS 'a leaf';
INSERT INTO partitions_in_place.sale (id, region, n) SELECT i, CASE i % 3 WHEN 0 THEN 'us' ELSE 'eu' END, i FROM generate_series(1, 150) AS i;
GRANT USAGE ON SCHEMA partitions_in_place TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA partitions_in_place TO shadowstep_test_app;
