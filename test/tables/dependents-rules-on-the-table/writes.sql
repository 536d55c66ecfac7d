UPDATE dependents_rules_on_the_table.item SET n = n + 1 WHERE id % 12 = 0;

INSERT INTO dependents_rules_on_the_table.item VALUES (100, 'old', 1, 'to the archive'), (101, 'new', 2, 'stays');

UPDATE dependents_rules_on_the_table.item SET state = 'closed' WHERE id IN (12, 13, 14);

-- No row is inserted or updated by ON CONFLICT where rules rewrite it.
-- refused 0A000
INSERT INTO dependents_rules_on_the_table.item (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 0;

DELETE FROM dependents_rules_on_the_table.item WHERE id < 8;

INSERT INTO dependents_rules_on_the_table.item VALUES (20, 'old', 20, 'archived too');

DELETE FROM dependents_rules_on_the_table.item WHERE id BETWEEN 19 AND 21;

UPDATE dependents_rules_on_the_table.item SET n = 7, state = 'closed' WHERE id = 30;

SELECT id, was, is_now, what FROM dependents_rules_on_the_table.history ORDER BY id, what, was, is_now;

SELECT * FROM dependents_rules_on_the_table.archive ORDER BY id;
