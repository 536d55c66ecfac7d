INSERT INTO combined_unlogged_with_foreign_keys.item VALUES (100, 1, NULL) RETURNING note;

-- refused 23503
INSERT INTO combined_unlogged_with_foreign_keys.item VALUES (101, 77, NULL);

DELETE FROM combined_unlogged_with_foreign_keys.item WHERE id = 5;

UPDATE combined_unlogged_with_foreign_keys.item SET note = 'm' WHERE id < 9;

-- refused 23503
UPDATE combined_unlogged_with_foreign_keys.item SET id = 1000 WHERE id = 6;

SELECT count(*) FROM combined_unlogged_with_foreign_keys.child WHERE item_id IS NULL;
