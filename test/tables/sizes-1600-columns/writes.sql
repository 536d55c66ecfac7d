INSERT INTO sizes_1600_columns.item (id, c1598) VALUES (100, 1);

UPDATE sizes_1600_columns.item SET c0800 = c0799 WHERE id < 5;

-- refused 23505
INSERT INTO sizes_1600_columns.item (id) VALUES (100);

DELETE FROM sizes_1600_columns.item WHERE c1598 = 3;

UPDATE sizes_1600_columns.item SET id = id + 1000 WHERE id = 9;
