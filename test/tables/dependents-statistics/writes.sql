INSERT INTO dependents_statistics.item (id, n) VALUES (100, 5);

UPDATE dependents_statistics.item SET n = n + 1 WHERE id < 10;

DELETE FROM dependents_statistics.item WHERE id = 20;
