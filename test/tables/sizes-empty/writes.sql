SELECT count(*) FROM sizes_empty.item;

-- refused 23514
INSERT INTO sizes_empty.item (n) VALUES (0);

SELECT * FROM sizes_empty.item;

UPDATE sizes_empty.item SET n = 1;

DELETE FROM sizes_empty.item;
