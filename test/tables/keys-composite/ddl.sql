-- Three columns make the key, in another order than the table has them.
CREATE SCHEMA keys_composite;
CREATE TABLE keys_composite.item (
  note text,
  c text NOT NULL,
  a integer NOT NULL,
  b date NOT NULL,
  CONSTRAINT "the key" PRIMARY KEY (b, a, c)
);
INSERT INTO keys_composite.item SELECT 'n' || i, chr(97 + i % 26), i % 9, date '2024-02-20' + i % 20 FROM generate_series(1, 150) AS i
ON CONFLICT DO NOTHING;
GRANT USAGE ON SCHEMA keys_composite TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_composite.item TO shadowstep_test_app;
