INSERT INTO dependents_materialized_views_anew.item (id, n) VALUES (100, 5);

SELECT dependents_materialized_views_anew.refresh(false);

DELETE FROM dependents_materialized_views_anew.item WHERE id = 7;

UPDATE dependents_materialized_views_anew.item SET n = n + 1 WHERE id < 10;

SELECT dependents_materialized_views_anew.refresh(true);

-- refused 55000
SELECT * FROM dependents_materialized_views_anew.empty;

INSERT INTO dependents_materialized_views_anew.item (id, who, n) VALUES (101, 'x', 6);

SELECT dependents_materialized_views_anew.refresh(false);
