INSERT INTO triggers_statement.item VALUES (100, 1, 'new'), (101, 2, NULL);

UPDATE triggers_statement.item SET note = 'changed' WHERE id < 4;

UPDATE triggers_statement.item SET n = n + 1000 WHERE id = 5;

DELETE FROM triggers_statement.item WHERE id = 6;

INSERT INTO triggers_statement.item VALUES (5, 0, 'x') ON CONFLICT (id) DO UPDATE SET n = 7;

-- refused 23505
INSERT INTO triggers_statement.item VALUES (100);

UPDATE triggers_statement.item SET id = 200 WHERE id = 101;

DELETE FROM triggers_statement.item WHERE id > 150;

TRUNCATE triggers_statement.item;

INSERT INTO triggers_statement.item VALUES (1, 1, 'after');
