-- Temporal keys and foreign keys with PERIOD (18), in, out and to itself; an ordinary unique index tells the rows apart.
CREATE SCHEMA constraints_temporal_foreign_keys;
CREATE TABLE constraints_temporal_foreign_keys.parent (id integer, valid daterange, PRIMARY KEY (id, valid WITHOUT OVERLAPS));
CREATE TABLE constraints_temporal_foreign_keys.item (
  id integer,
  valid daterange,
  number integer NOT NULL UNIQUE,
  parent_id integer,
  up integer,
  PRIMARY KEY (id, valid WITHOUT OVERLAPS),
  CONSTRAINT has_parent FOREIGN KEY (parent_id, PERIOD valid) REFERENCES constraints_temporal_foreign_keys.parent (id, PERIOD valid),
  CONSTRAINT has_self FOREIGN KEY (up, PERIOD valid) REFERENCES constraints_temporal_foreign_keys.item (id, PERIOD valid)
);
CREATE TABLE constraints_temporal_foreign_keys.child (
  id integer PRIMARY KEY,
  item_id integer,
  valid daterange,
  CONSTRAINT has_item FOREIGN KEY (item_id, PERIOD valid) REFERENCES constraints_temporal_foreign_keys.item (id, PERIOD valid)
);
INSERT INTO constraints_temporal_foreign_keys.parent SELECT i, '[2020-01-01,2030-01-01)' FROM generate_series(1, 5) AS i;
INSERT INTO constraints_temporal_foreign_keys.item SELECT i, '[2021-01-01,2025-01-01)', i, 1 + i % 5, NULL FROM generate_series(1, 40) AS i;
INSERT INTO constraints_temporal_foreign_keys.item SELECT i, '[2025-01-01,2026-01-01)', 100 + i, 1 + i % 5, i FROM generate_series(1, 40) AS i;
INSERT INTO constraints_temporal_foreign_keys.child SELECT i, i, '[2024-06-01,2025-06-01)' FROM generate_series(1, 20) AS i;
GRANT USAGE ON SCHEMA constraints_temporal_foreign_keys TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON constraints_temporal_foreign_keys.item TO shadowstep_test_app;
GRANT SELECT, INSERT ON constraints_temporal_foreign_keys.child, constraints_temporal_foreign_keys.parent TO shadowstep_test_app;
