INSERT INTO dependents_views_of_another_owner.item (id, n) VALUES (100, 100);

UPDATE dependents_views_of_another_owner.numbers SET n = n + 1 WHERE id % 10 = 0;

-- The view's owner may not read that column.
-- refused 42501
SELECT * FROM dependents_views_of_another_owner.secrets;

-- refused 44000
UPDATE dependents_views_of_another_owner.numbers SET n = 1 WHERE id = 50;

-- refused 42501
UPDATE dependents_views_of_another_owner.numbers SET who = 'nobody' WHERE id = 50;

SELECT total, dependents_views_of_another_owner.most() FROM dependents_views_of_another_owner.sums;

UPDATE dependents_views_of_another_owner.item SET secret = 'changed' WHERE id = 30;

DELETE FROM dependents_views_of_another_owner.item WHERE id BETWEEN 40 AND 45;

SELECT * FROM dependents_views_of_another_owner.both;
