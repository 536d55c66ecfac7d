INSERT INTO dependents_materialized_view_through_a_view.item (id, n) VALUES (100, 5);

UPDATE dependents_materialized_view_through_a_view.item SET n = n + 1 WHERE id < 10;

DELETE FROM dependents_materialized_view_through_a_view.item WHERE id = 20;

SELECT dependents_materialized_view_through_a_view.refresh();

INSERT INTO dependents_materialized_view_through_a_view.item (id, n) VALUES (101, 500);

SELECT dependents_materialized_view_through_a_view.refresh();
