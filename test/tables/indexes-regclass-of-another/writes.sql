INSERT INTO indexes_regclass_of_another.item (id, relation) VALUES (100, 'indexes_regclass_of_another.other'::regclass) RETURNING same;

UPDATE indexes_regclass_of_another.item SET relation = 5 WHERE id % 4 = 0;

-- refused 23514
UPDATE indexes_regclass_of_another.item SET relation = 'pg_class'::regclass WHERE id = 3;

SELECT count(*) FROM indexes_regclass_of_another.item WHERE relation = 'indexes_regclass_of_another.other'::regclass::oid;

DELETE FROM indexes_regclass_of_another.item WHERE same AND id < 10;
