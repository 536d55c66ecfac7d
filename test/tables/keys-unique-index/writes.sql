INSERT INTO keys_unique_index.item VALUES (1000, 'x', NULL), (1000, 'y', NULL);

-- refused 23505
INSERT INTO keys_unique_index.item VALUES (1000, 'x', 3);

UPDATE keys_unique_index.item SET b = 'moved' WHERE a = 30;

UPDATE keys_unique_index.item SET a = a + 500 WHERE a > 60 AND a < 100;

DELETE FROM keys_unique_index.item WHERE c = 4;

-- refused 23505
INSERT INTO keys_unique_index.item VALUES (0, 'b1', 1);

INSERT INTO keys_unique_index.item VALUES (0, 'b999', 1) RETURNING *;
