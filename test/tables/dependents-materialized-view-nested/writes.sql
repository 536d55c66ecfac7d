INSERT INTO dependents_materialized_view_nested.item (id, n) VALUES (100, 5);
