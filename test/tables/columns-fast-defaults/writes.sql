INSERT INTO columns_fast_defaults.item (id) VALUES (100) RETURNING *;

UPDATE columns_fast_defaults.item SET amount = amount * 2 WHERE id % 10 = 0;

-- refused 23502
UPDATE columns_fast_defaults.item SET kind = NULL WHERE id = 3;

DELETE FROM columns_fast_defaults.item WHERE id = 7;

UPDATE columns_fast_defaults.item SET note = 'touched' WHERE id = 4 RETURNING *;

INSERT INTO columns_fast_defaults.item (id) VALUES (101) RETURNING *;
