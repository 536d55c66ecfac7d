DELETE FROM foreign_keys_set_columns.item WHERE id = 5;

UPDATE foreign_keys_set_columns.item SET name = 'changed' WHERE id < 20;

-- refused 23503
INSERT INTO foreign_keys_set_columns.child VALUES (2, 1, 1, 1);

-- refused 23503
UPDATE foreign_keys_set_columns.item SET tenant = 2 WHERE id = 1;

DELETE FROM foreign_keys_set_columns.item WHERE id = 12;

SELECT id, item_id, other_id FROM foreign_keys_set_columns.child WHERE item_id IS NULL OR other_id = 1 ORDER BY id;
