INSERT INTO combined_dropped_columns_and_parameters.item (id, word, number) VALUES (100, 'new', 1) RETURNING *;

-- refused 23505
INSERT INTO combined_dropped_columns_and_parameters.item (id, word, number) VALUES (100, 'again', 2);

-- refused 23502
INSERT INTO combined_dropped_columns_and_parameters.item (id, word, number, fast) VALUES (101, 'none', 2, NULL);

UPDATE combined_dropped_columns_and_parameters.item SET long = long || 'y' WHERE id % 4 = 3;

UPDATE combined_dropped_columns_and_parameters.item SET fast = DEFAULT, list = list || 'd'::text WHERE id = 5 RETURNING fast, at, list, late;

-- refused 23514
UPDATE combined_dropped_columns_and_parameters.item SET late = NULL WHERE id = 6;

DELETE FROM combined_dropped_columns_and_parameters.item WHERE word = 'w7';

UPDATE combined_dropped_columns_and_parameters.item SET number = number + 1, never = 'now' WHERE id > 40;

UPDATE combined_dropped_columns_and_parameters.item SET id = -id WHERE id = 9;

SELECT count(*), sum(fast), sum(length(long)), count(never), max(at) FROM combined_dropped_columns_and_parameters.item WHERE late @> '{"k": [1]}';
