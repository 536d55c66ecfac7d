INSERT INTO foreign_keys_across_types.item VALUES (100, 'new', 40, 'code 40', 40, '2024-01-05', 3);

-- refused 23503
INSERT INTO foreign_keys_across_types.item VALUES (101, 'newer', 41, NULL, NULL, NULL, NULL);

UPDATE foreign_keys_across_types.parent SET id = id + 1000, code = 'C ' || id WHERE id IN (5, 39);

-- refused 22003
UPDATE foreign_keys_across_types.parent SET id = 100000 WHERE id = 38;

-- refused 23503
DELETE FROM foreign_keys_across_types.parent WHERE id = 7;

UPDATE foreign_keys_across_types.item SET name = 'N' || id WHERE id IN (10, 11);

UPDATE foreign_keys_across_types.item SET id = 300 WHERE id = 51;

-- refused 23503
INSERT INTO foreign_keys_across_types.child (id, big) VALUES (100, 5000000000);

DELETE FROM foreign_keys_across_types.item WHERE id = 60;

-- refused 23503
UPDATE foreign_keys_across_types.item SET whole = 21000 WHERE id = 12;

SELECT * FROM foreign_keys_across_types.child WHERE item_name LIKE 'N%' ORDER BY id;
