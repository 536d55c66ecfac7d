INSERT INTO combined_views_rules_and_grants.fine (item_id, "N times two") VALUES (100, 40) RETURNING *;

-- refused 42501
SELECT secret FROM combined_views_rules_and_grants.item;

-- refused 42501
SELECT n FROM combined_views_rules_and_grants.top;

-- refused 23505
INSERT INTO combined_views_rules_and_grants.fine VALUES (100, 2, 'again');

UPDATE combined_views_rules_and_grants.fine SET note = 'changed' WHERE item_id IN (7, 9);

UPDATE combined_views_rules_and_grants.fine SET item_id = 900 WHERE item_id = 11;

UPDATE combined_views_rules_and_grants.top SET kind = 'fine' WHERE id = 20;

-- refused 42501
UPDATE combined_views_rules_and_grants.top SET n = 4 WHERE id = 20;

DELETE FROM combined_views_rules_and_grants.both WHERE id = 15;

DELETE FROM combined_views_rules_and_grants.item WHERE id = 2;

-- refused 42501
INSERT INTO combined_views_rules_and_grants.item (id, note) VALUES (200, 'x');

INSERT INTO combined_views_rules_and_grants.item (id, n) VALUES (201, 7); UPDATE combined_views_rules_and_grants.item SET note = 'own' WHERE id = 201;

SELECT id, note FROM combined_views_rules_and_grants.both ORDER BY id;

SELECT * FROM combined_views_rules_and_grants.log ORDER BY what, id;
