-- A key of types that are the server's own or seldom keys: name, oid, xid8, pg_lsn, tid, money, macaddr, bits, a time with its zone.
CREATE SCHEMA keys_of_system_types;
CREATE TABLE keys_of_system_types.item (
  n name, o oid, x xid8, l pg_lsn, t tid, m money, a macaddr8, b bit(4), v bit varying(12), z timetz, f boolean, note text,
  CONSTRAINT item_key PRIMARY KEY (z, n, o, x, l, t, m, a, b, v, f)
);
INSERT INTO keys_of_system_types.item
SELECT 'name ' || i % 9, 4294967295 - i, (18446744073709551615 - i)::text::xid8, pg_lsn '16/0' + i, format('(%s,%s)', i, i % 100)::tid, (i / 4.0)::numeric::money,
       macaddr8 '08:00:2b:01:02:03:04:05', i::bit(4), i::bit(8)::bit varying, timetz '12:00+00' + i * interval '1 minute', i % 2 = 0, 'n' || i
FROM generate_series(1, 60) AS i;
CREATE INDEX item_l ON keys_of_system_types.item USING brin (l, o) WITH (pages_per_range = 8);
CREATE INDEX item_a ON keys_of_system_types.item USING hash (a);
GRANT USAGE ON SCHEMA keys_of_system_types TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_of_system_types.item TO shadowstep_test_app;
