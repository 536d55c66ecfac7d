-- A uuid key with hash and BRIN indexes of several operator classes and a partial unique index over expressions, upserted against.
CREATE SCHEMA combined_uuid_with_hash_and_brin;
CREATE TABLE combined_uuid_with_hash_and_brin.item (
  at timestamptz NOT NULL,
  id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
  email text NOT NULL,
  tenant integer NOT NULL,
  token bytea,
  gone boolean NOT NULL DEFAULT false,
  visits integer NOT NULL DEFAULT 0
) WITH (fillfactor = 85);
INSERT INTO combined_uuid_with_hash_and_brin.item (at, id, email, tenant, token)
SELECT timestamptz '2024-01-01 00:00Z' + i * interval '1 hour', md5(i::text)::uuid, 'User' || i || '.at.example.com', i % 4, decode(md5((i % 9)::text), 'hex') FROM generate_series(1, 80) AS i;
CREATE UNIQUE INDEX item_email ON combined_uuid_with_hash_and_brin.item (lower(email), (tenant % 2)) INCLUDE (visits) WHERE NOT gone;
CREATE INDEX item_token ON combined_uuid_with_hash_and_brin.item USING hash (token) WITH (fillfactor = 60);
CREATE INDEX item_id_hash ON combined_uuid_with_hash_and_brin.item USING hash (id) WHERE gone;
CREATE INDEX item_at ON combined_uuid_with_hash_and_brin.item USING brin (at timestamptz_minmax_multi_ops (values_per_range = 16), tenant int4_bloom_ops (n_distinct_per_range = 40)) WITH (pages_per_range = 2, autosummarize = on);
CREATE INDEX item_mails ON combined_uuid_with_hash_and_brin.item USING brin (lower(email) COLLATE "C");
ALTER INDEX combined_uuid_with_hash_and_brin.item_mails ALTER COLUMN 1 SET STATISTICS 30;
COMMENT ON INDEX combined_uuid_with_hash_and_brin.item_email IS 'one who is there';
CREATE TABLE combined_uuid_with_hash_and_brin.session (id integer PRIMARY KEY, item_id uuid REFERENCES combined_uuid_with_hash_and_brin.item ON DELETE CASCADE);
INSERT INTO combined_uuid_with_hash_and_brin.session SELECT i, md5(i::text)::uuid FROM generate_series(1, 20) AS i;
GRANT USAGE ON SCHEMA combined_uuid_with_hash_and_brin TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA combined_uuid_with_hash_and_brin TO shadowstep_test_app;
