INSERT INTO dependents_rules.inbox VALUES (100, 'by rule') RETURNING *;

UPDATE dependents_rules.item SET n = -1 WHERE id < 5;

UPDATE dependents_rules.codes SET note = 'through' WHERE id = 7;

DELETE FROM dependents_rules.item WHERE id IN (8, 9);

SELECT * FROM dependents_rules.log ORDER BY what, id;

SELECT * FROM dependents_rules.item WHERE id < 10 ORDER BY id;
