UPDATE sizes_one_row.item SET n = n + 1;

UPDATE sizes_one_row.item SET id = 2;

DELETE FROM sizes_one_row.item;

INSERT INTO sizes_one_row.item VALUES (1, 1);

-- refused 23505
INSERT INTO sizes_one_row.item VALUES (2, 1);

UPDATE sizes_one_row.item SET id = 3, n = 9 RETURNING *;

UPDATE sizes_one_row.item SET n = 10;
