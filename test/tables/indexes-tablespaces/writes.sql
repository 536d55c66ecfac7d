INSERT INTO indexes_tablespaces.item VALUES (100, 100, 'new');

-- refused 23505
INSERT INTO indexes_tablespaces.item VALUES (101, 100, 'x');

-- refused 23P01
INSERT INTO indexes_tablespaces.item VALUES (101, 101, 'new');

UPDATE indexes_tablespaces.item SET b = b || 'c' WHERE id % 4 = 0;

DELETE FROM indexes_tablespaces.item WHERE a = -7;

INSERT INTO indexes_tablespaces.item VALUES (102, 102, 'newer') RETURNING *;
