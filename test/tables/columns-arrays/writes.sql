INSERT INTO columns_arrays.item (id) VALUES ('{}') RETURNING texts::text, grid::text;

-- refused 23505
INSERT INTO columns_arrays.item (id) VALUES ('{}');

INSERT INTO columns_arrays.item (id) VALUES ('[5:6]={1,2}'), ('{1,2}'), ('{NULL}');

UPDATE columns_arrays.item SET texts = texts || 'more'::text, grid[0][2] = NULL WHERE id[1] % 4 = 0;

UPDATE columns_arrays.item SET id = id || 7 WHERE id[1] = 8;

UPDATE columns_arrays.item SET moods[2] = 'high', points[1].z = NULL WHERE id[1] < 5;

-- refused 22P02
UPDATE columns_arrays.item SET moods = '{none}';

DELETE FROM columns_arrays.item WHERE id = '{9,-9}';

SELECT count(*) FROM columns_arrays.item WHERE texts @> '{more}';
