-- Names that need quoting, that are keywords, of 63 bytes, in other scripts, with quotes, dots and dollars in them.
CREATE SCHEMA columns_names;
CREATE TABLE columns_names."a.b ""c"" $1 ON x" (
  "select" integer CONSTRAINT "primary" PRIMARY KEY,
  "Ünïcødé ☃" text CONSTRAINT "check ""this""" CHECK ("Ünïcødé ☃" <> ''),
  "sixty-three bytes of a name, which is as long as it may ever be" text UNIQUE,
  "with space" integer DEFAULT 1,
  "日本語" text,
  "CamelCase" serial,
  "%s %I $$ \" text DEFAULT '$$''%s\'
);
INSERT INTO columns_names."a.b ""c"" $1 ON x" SELECT i, 'ü', 'n' || i, i, '語' FROM generate_series(1, 50) AS i;
CREATE INDEX "an index ON USING (where)" ON columns_names."a.b ""c"" $1 ON x" ("with space") WHERE "日本語" LIKE '% ON %';
COMMENT ON COLUMN columns_names."a.b ""c"" $1 ON x"."%s %I $$ \" IS 'it''s \ $1 odd';
GRANT USAGE ON SCHEMA columns_names TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON columns_names."a.b ""c"" $1 ON x" TO shadowstep_test_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA columns_names TO shadowstep_test_app;
