INSERT INTO columns_composites.item VALUES (ROW(NULL, NULL), NULL, ROW(NULL, NULL, NULL)) RETURNING who IS NULL;

-- refused 23505
INSERT INTO columns_composites.item VALUES (ROW(NULL, NULL));

UPDATE columns_composites.item SET who.name = 'changed', who.living.number = -1 WHERE (id).number % 5 = 0;

UPDATE columns_composites.item SET id.number = (id).number + 100 WHERE (id).number < 5;

-- refused 23514
UPDATE columns_composites.item SET lives = ROW('x', 0) WHERE (id).number = 20;

DELETE FROM columns_composites.item WHERE id = ROW('s30', 30)::columns_composites.place;

SELECT count(*) FROM columns_composites.item WHERE (who).name = 'changed';
