INSERT INTO columns_defaults_by_functions.item (id) VALUES (100) RETURNING *;

UPDATE columns_defaults_by_functions.rate SET value = 8.125 WHERE name = 'usual';

INSERT INTO columns_defaults_by_functions.item (id) VALUES (101) RETURNING *;

UPDATE columns_defaults_by_functions.item SET code = DEFAULT, rate = DEFAULT, place = DEFAULT WHERE id = 3 RETURNING *;

-- refused 23505
INSERT INTO columns_defaults_by_functions.item (id, code) VALUES (102, 'I-0000500');

DELETE FROM columns_defaults_by_functions.item WHERE place > 15;

INSERT INTO columns_defaults_by_functions.item (id, late) VALUES (103, NULL) RETURNING *;

SELECT columns_defaults_by_functions.last_place();

INSERT INTO columns_defaults_by_functions.item (id) VALUES (104) RETURNING *;
