-- Exclusion constraints: ranges that do not overlap per room, circles, one with a predicate, one over an expression.
CREATE SCHEMA constraints_exclusion;
CREATE TABLE constraints_exclusion.item (
  id integer PRIMARY KEY,
  room integer,
  during tsrange,
  spot circle,
  state text DEFAULT 'on',
  CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&),
  CONSTRAINT "apart" EXCLUDE USING gist (spot WITH &&) WITH (fillfactor = 80) WHERE (state = 'on'),
  EXCLUDE USING btree ((id % 1000) WITH =, room WITH =)
);
INSERT INTO constraints_exclusion.item
SELECT i, i % 3, tsrange(timestamp '2024-01-01' + i * interval '1 day', timestamp '2024-01-02' + i * interval '1 day'),
       circle(point(i * 10, 0), 4)
FROM generate_series(1, 60) AS i;
COMMENT ON CONSTRAINT no_overlap ON constraints_exclusion.item IS 'one at a time';
GRANT USAGE ON SCHEMA constraints_exclusion TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON constraints_exclusion.item TO shadowstep_test_app;
