-- Domains: NOT NULL, with defaults, over arrays and composites, and one that was changed after the rows came.
CREATE SCHEMA columns_domains;
CREATE DOMAIN columns_domains.percent AS numeric(5, 2) DEFAULT 50 NOT NULL CONSTRAINT "between 0 and 100" CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN columns_domains.labels AS text[] CHECK (cardinality(VALUE) < 10);
CREATE DOMAIN columns_domains.key AS uuid;
CREATE TABLE columns_domains.item (id columns_domains.key PRIMARY KEY, share columns_domains.percent, labels columns_domains.labels DEFAULT '{}', own columns_domains.percent DEFAULT 7);
INSERT INTO columns_domains.item (id, labels) SELECT md5(i::text)::uuid, ARRAY['l' || i] FROM generate_series(1, 60) AS i;
ALTER DOMAIN columns_domains.key ADD CONSTRAINT not_nil CHECK (VALUE <> '00000000-0000-0000-0000-000000000000') NOT VALID;
GRANT USAGE ON SCHEMA columns_domains TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_domains.item TO shadowstep_test_app;
