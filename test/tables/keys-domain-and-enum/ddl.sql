-- The key is of a domain over a domain, and of an enum.
CREATE SCHEMA keys_domain_and_enum;
CREATE DOMAIN keys_domain_and_enum.word AS text CHECK (VALUE <> '');
CREATE DOMAIN keys_domain_and_enum.code AS keys_domain_and_enum.word CHECK (length(VALUE) < 20) DEFAULT 'none';
CREATE TYPE keys_domain_and_enum.kind AS ENUM ('small', 'large', 'odd one');
CREATE TABLE keys_domain_and_enum.item (code keys_domain_and_enum.code, kind keys_domain_and_enum.kind, amount integer DEFAULT 1, PRIMARY KEY (code, kind));
INSERT INTO keys_domain_and_enum.item SELECT 'c' || i, (ARRAY['small', 'large', 'odd one'])[1 + i % 3]::keys_domain_and_enum.kind, i FROM generate_series(1, 75) AS i;
GRANT USAGE ON SCHEMA keys_domain_and_enum TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_domain_and_enum.item TO shadowstep_test_app;
