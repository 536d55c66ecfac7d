-- Views of every kind, with options, INSTEAD OF triggers, column defaults and views over them; written through.
CREATE SCHEMA dependents_views;
CREATE TABLE dependents_views.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO dependents_views.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE TABLE dependents_views.label (item_id integer PRIMARY KEY, words text);
INSERT INTO dependents_views.label SELECT id, 'label ' || id FROM dependents_views.item;
CREATE VIEW dependents_views.barrier WITH (security_barrier) AS SELECT id, note AS "Note" FROM dependents_views.item WHERE n > 10;
CREATE VIEW dependents_views.checked WITH (check_option = local) AS SELECT * FROM dependents_views.item WHERE n > 0;
CREATE VIEW dependents_views.over AS SELECT b."Note", l.words FROM dependents_views.barrier AS b JOIN dependents_views.label AS l ON l.item_id = b.id;
CREATE VIEW dependents_views.grouped AS SELECT i.*, count(l.item_id) AS labels FROM dependents_views.item AS i LEFT JOIN dependents_views.label AS l ON l.item_id = i.id GROUP BY i.id;
CREATE VIEW dependents_views.whole AS SELECT i.id, to_jsonb(i.*) AS document FROM dependents_views.item AS i;
CREATE RECURSIVE VIEW dependents_views.steps (id, depth) AS SELECT id, 1 FROM dependents_views.item UNION ALL SELECT id, depth + 1 FROM steps WHERE depth < 2;
CREATE VIEW dependents_views.windowed AS SELECT id, sum(n) OVER (PARTITION BY who ORDER BY id) FROM ONLY dependents_views.item;
CREATE VIEW dependents_views.sampled AS SELECT id FROM dependents_views.item TABLESAMPLE SYSTEM (100);
CREATE VIEW dependents_views.united AS SELECT id FROM dependents_views.item EXCEPT SELECT item_id FROM dependents_views.label WHERE words LIKE '%7';
CREATE FUNCTION dependents_views.write_over() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN UPDATE dependents_views.item SET note = NEW."Note" WHERE note = OLD."Note"; RETURN NEW; END $$;
CREATE TRIGGER writes INSTEAD OF UPDATE ON dependents_views.over FOR EACH ROW EXECUTE FUNCTION dependents_views.write_over();
ALTER VIEW dependents_views.checked ALTER COLUMN note SET DEFAULT 'from the view';
COMMENT ON VIEW dependents_views.checked IS 'checked';
COMMENT ON COLUMN dependents_views.barrier."Note" IS 'a note';
GRANT SELECT ("Note") ON dependents_views.barrier TO shadowstep_test_reader WITH GRANT OPTION;
ALTER TABLE dependents_views.item RENAME COLUMN n TO number;
ALTER TABLE dependents_views.label RENAME TO tag;
GRANT USAGE ON SCHEMA dependents_views TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA dependents_views TO shadowstep_test_app;
