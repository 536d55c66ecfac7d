-- One column of each of the other types of the server, with their odd values.
CREATE SCHEMA columns_every_scalar;
CREATE TABLE columns_every_scalar.item (
  id integer PRIMARY KEY,
  b boolean, by bytea, c char(5), vc varchar(7), n name, "char" "char", bi bit(3), vb bit varying(9),
  f4 real, f8 double precision, m money, d date, t time, tz timetz(3), ts timestamp(2), i interval, iy interval year to month,
  ip inet, net cidr, mac macaddr, mac8 macaddr8, pt point, ln line, seg lseg, bx box, pa path, po polygon, ci circle,
  o oid, l pg_lsn, ti tid, x xid, rc regclass, sn txid_snapshot
);
INSERT INTO columns_every_scalar.item VALUES
  (1, true, '\x00ff', 'ab', 'abc  ', 'nm', 'x', '101', '1', 'NaN', '-0', 12.34, 'infinity', '24:00', '12:00:00.123+05:30', '0001-01-01 BC',
   '-1 mon +2 days -03:04:05.678', '3 years', '10.0.0.1/8', '10.0.0.0/8', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05',
   '(1,-0)', '{1,2,3}', '[(0,0),(1,1)]', '(1,1),(0,0)', '[(0,0),(1,1)]', '((0,0),(1,1),(1,0))', '<(0,0),5>',
   4294967295, 'F/FF', '(7,8)', '5', 'pg_class', '10:20:10,14,15'),
  (2, NULL, '', '', '', '', '', '000', '', 0, 5e-324, -0.01, '4713-11-24 BC', '00:00', '00:00-12', '-infinity', '0', '-1 month',
   '::1', '2001:db8::/32', NULL, NULL, NULL, NULL, NULL, NULL, '((0,0))', NULL, NULL, 0, '0/0', NULL, NULL, NULL, NULL);
INSERT INTO columns_every_scalar.item (id, f8, vc) SELECT i, i / 3.0, 'r' || i FROM generate_series(3, 40) AS i;
GRANT USAGE ON SCHEMA columns_every_scalar TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_every_scalar.item TO shadowstep_test_app;
