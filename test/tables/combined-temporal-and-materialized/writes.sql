INSERT INTO combined_temporal_and_materialized.item (id, room, during, n) VALUES (100, 'r9', '[2025-01-01,2025-02-01)', 5);

-- refused 23P01
INSERT INTO combined_temporal_and_materialized.item (id, room, during, n) VALUES (101, 'r9', '[2025-01-20,2025-03-01)', 5);

SELECT combined_temporal_and_materialized.refresh();

UPDATE combined_temporal_and_materialized.item SET during = '[2024-01-01,2024-01-05)' WHERE id = 3;

DELETE FROM combined_temporal_and_materialized.item WHERE id = 20;

SELECT combined_temporal_and_materialized.refresh();
