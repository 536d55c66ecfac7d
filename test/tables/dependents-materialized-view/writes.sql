INSERT INTO dependents_materialized_view.item (id, n) VALUES (100, 5);
