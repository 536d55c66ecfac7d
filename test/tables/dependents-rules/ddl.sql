-- Rules of the table, of another one and of views: INSTEAD, ALSO, conditional, disabled, with RETURNING.
CREATE SCHEMA dependents_rules;
CREATE TABLE dependents_rules.item (id integer PRIMARY KEY, who text NOT NULL DEFAULT 'shadowstep_test_app', n integer, note text);
INSERT INTO dependents_rules.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE TABLE dependents_rules.log (what text, id integer);
CREATE TABLE dependents_rules.inbox (id integer, note text);
CREATE VIEW dependents_rules.codes AS SELECT id, note FROM dependents_rules.item;
CREATE RULE "On delete" AS ON DELETE TO dependents_rules.item DO ALSO INSERT INTO dependents_rules.log VALUES ('deleted', OLD.id);
CREATE RULE keep AS ON UPDATE TO dependents_rules.item WHERE NEW.n < 0 DO INSTEAD NOTHING;
CREATE RULE sleeping AS ON INSERT TO dependents_rules.item DO ALSO INSERT INTO dependents_rules.log VALUES ('inserted', NEW.id);
ALTER TABLE dependents_rules.item DISABLE RULE sleeping;
COMMENT ON RULE keep ON dependents_rules.item IS 'none below zero';
CREATE RULE onwards AS ON INSERT TO dependents_rules.inbox DO INSTEAD INSERT INTO dependents_rules.item (id, note) VALUES (NEW.id, NEW.note) RETURNING id, note;
CREATE RULE through AS ON UPDATE TO dependents_rules.codes DO INSTEAD (UPDATE dependents_rules.item SET note = NEW.note WHERE id = OLD.id; INSERT INTO dependents_rules.log VALUES ('through', OLD.id));
COMMENT ON RULE through ON dependents_rules.codes IS 'two actions';
GRANT USAGE ON SCHEMA dependents_rules TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA dependents_rules TO shadowstep_test_app;
