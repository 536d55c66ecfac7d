-- Rules on the table itself that hold under a condition: beside the write, of two actions, in its place into another table, to all who listen; in each state a rule can have.
CREATE SCHEMA dependents_rules_on_the_table;
CREATE TABLE dependents_rules_on_the_table.item (id integer PRIMARY KEY, state text NOT NULL DEFAULT 'new', n integer, note text);
CREATE TABLE dependents_rules_on_the_table.history (seq integer GENERATED ALWAYS AS IDENTITY, id integer, was integer, is_now integer, what text);
CREATE TABLE dependents_rules_on_the_table.archive (LIKE dependents_rules_on_the_table.item);
INSERT INTO dependents_rules_on_the_table.item (id, n, note) SELECT i, i, 'n' || i FROM generate_series(1, 60) AS i;
CREATE RULE "n changes" AS ON UPDATE TO dependents_rules_on_the_table.item WHERE OLD.n IS DISTINCT FROM NEW.n
  DO ALSO INSERT INTO dependents_rules_on_the_table.history (id, was, is_now, what) VALUES (OLD.id, OLD.n, NEW.n, 'n');
CREATE RULE closed AS ON UPDATE TO dependents_rules_on_the_table.item WHERE NEW.state = 'closed' AND OLD.state <> 'closed'
  DO ALSO (INSERT INTO dependents_rules_on_the_table.history (id, what) SELECT i.id, 'closed beside ' || OLD.id FROM dependents_rules_on_the_table.item AS i WHERE i.n = OLD.n AND i.id <> OLD.id; DELETE FROM dependents_rules_on_the_table.archive WHERE id = OLD.id);
CREATE RULE told AS ON INSERT TO dependents_rules_on_the_table.item DO ALSO NOTIFY dependents_rules_on_the_table;
CREATE RULE old_ones AS ON INSERT TO dependents_rules_on_the_table.item WHERE NEW.state = 'old' DO INSTEAD INSERT INTO dependents_rules_on_the_table.archive VALUES (NEW.id, NEW.state, NEW.n, NEW.note);
CREATE RULE kept AS ON DELETE TO dependents_rules_on_the_table.item WHERE OLD.n < 5 OR EXISTS (SELECT FROM dependents_rules_on_the_table.archive AS a WHERE a.id = OLD.id) DO INSTEAD NOTHING;
CREATE RULE always AS ON DELETE TO dependents_rules_on_the_table.item DO ALSO INSERT INTO dependents_rules_on_the_table.history (id, what) VALUES (OLD.id, 'always');
CREATE RULE for_replicas AS ON DELETE TO dependents_rules_on_the_table.item DO ALSO INSERT INTO dependents_rules_on_the_table.history (id, what) VALUES (OLD.id, 'replica');
ALTER TABLE dependents_rules_on_the_table.item ENABLE ALWAYS RULE always, ENABLE REPLICA RULE for_replicas, ENABLE ALWAYS RULE kept;
COMMENT ON RULE closed ON dependents_rules_on_the_table.item IS 'and its neighbours';
GRANT USAGE ON SCHEMA dependents_rules_on_the_table TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON dependents_rules_on_the_table.item TO shadowstep_test_app;
GRANT SELECT ON dependents_rules_on_the_table.history, dependents_rules_on_the_table.archive TO shadowstep_test_app;
