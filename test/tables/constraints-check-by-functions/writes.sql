INSERT INTO constraints_check_by_functions.item VALUES (100, 'new', 2, 10, 1500, 'new');

-- refused 23514
INSERT INTO constraints_check_by_functions.item VALUES (101, 'new', 1, 10, 1500, 'new');

UPDATE constraints_check_by_functions.kind SET most = 2000 WHERE id = 1;

INSERT INTO constraints_check_by_functions.item VALUES (101, 'new', 1, 10, 1500, NULL);

-- refused 23514
UPDATE constraints_check_by_functions.item SET code = 'Upper' WHERE id = 4;

-- refused 23514
UPDATE constraints_check_by_functions.item SET low = high + 1 WHERE id = 20;

UPDATE constraints_check_by_functions.item SET low = high, note = 'level' WHERE id % 10 = 5;

-- An old row that the constraint which is not valid would not let in.
-- refused 23514
UPDATE constraints_check_by_functions.item SET note = 'touched' WHERE id = 1;

DELETE FROM constraints_check_by_functions.item WHERE id = 30;
