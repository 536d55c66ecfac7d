INSERT INTO sizes_200_indexes.item VALUES (100, 1, 'new', 1);

UPDATE sizes_200_indexes.item SET n = n + 1 WHERE a = 3;

-- refused 23505
INSERT INTO sizes_200_indexes.item VALUES (101, 1, 'new', 1);

DELETE FROM sizes_200_indexes.item WHERE id = 9;
