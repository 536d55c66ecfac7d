INSERT INTO indexes_every_access_method.item VALUES (1000, 5, 'new', '(5,5)', '{7,8}', '2025-01-01Z');

UPDATE indexes_every_access_method.item SET spot = spot + point(1, 1), tags = tags || 99 WHERE n = 4;

-- refused 23505
INSERT INTO indexes_every_access_method.item VALUES (1000);

DELETE FROM indexes_every_access_method.item WHERE tags @> '{3}';

SELECT count(*) FROM indexes_every_access_method.item WHERE spot <@ box '((0,0),(30,30))' AND tags && '{99}';

UPDATE indexes_every_access_method.item SET words = 'new' || n WHERE words = 'word17' RETURNING words;
