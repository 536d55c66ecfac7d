INSERT INTO indexes_expressions.item VALUES (100, 'NEW', 1, 1, '{"k": 5}');

-- refused 23505
INSERT INTO indexes_expressions.item VALUES (101, '  new', 1, 1, NULL);

UPDATE indexes_expressions.item SET mail = mail || '@x' WHERE id % 3 = 0;

UPDATE indexes_expressions.item SET document = '{"k": 8}' WHERE a < 10;

-- refused 22P02
UPDATE indexes_expressions.item SET document = '{"k": "none"}' WHERE id = 3;

DELETE FROM indexes_expressions.item WHERE (document ->> 'k')::integer = 4;
