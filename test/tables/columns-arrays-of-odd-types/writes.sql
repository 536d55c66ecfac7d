INSERT INTO columns_arrays_of_odd_types.item (id) VALUES (100) RETURNING shares::text, limited::text, bits::text;

-- refused 23514
INSERT INTO columns_arrays_of_odd_types.item (id, shares) VALUES (101, '{1,-1}');

UPDATE columns_arrays_of_odd_types.item SET shares[5] = 9, pairs[2].share = 3.25 WHERE id % 5 = 0;

-- refused 23514
UPDATE columns_arrays_of_odd_types.item SET limited = limited || ARRAY[1, 2, 3, 4, 5, 6]::columns_arrays_of_odd_types.share[] WHERE id = 3;

-- refused 23514
UPDATE columns_arrays_of_odd_types.item SET pairs[1].share = 0 WHERE id = 3;

UPDATE columns_arrays_of_odd_types.item SET pages = ARRAY[xmlparse(CONTENT '<q/>')] || pages, words = words || to_tsvector('simple', 'more'), maps = NULL WHERE id < 8;

UPDATE columns_arrays_of_odd_types.item SET ways[1:1] = ARRAY['((5,5))']::path[], hours = array_remove(hours, '24:00-08') WHERE id = 12 RETURNING ways::text, hours::text;

DELETE FROM columns_arrays_of_odd_types.item WHERE nets @> ARRAY[inet '10.0.0.10/8'];

SELECT id, lists::text, pages::text FROM columns_arrays_of_odd_types.item WHERE id IN (6, 7) ORDER BY id;
