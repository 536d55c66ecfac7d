-- refused P0009
DELETE FROM triggers_refusing.item WHERE id = 5;

DELETE FROM triggers_refusing.item WHERE id = 15;

-- refused P0009
TRUNCATE triggers_refusing.item;

INSERT INTO triggers_refusing.item VALUES (100, 100, 'new');

-- refused P0009
DELETE FROM triggers_refusing.item;

UPDATE triggers_refusing.item SET n = n + 10 WHERE id = 5;

DELETE FROM triggers_refusing.item WHERE id = 5;
