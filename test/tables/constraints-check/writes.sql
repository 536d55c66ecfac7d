INSERT INTO constraints_check.item VALUES (100, 1, 2, 'it''s');

-- refused 23514
INSERT INTO constraints_check.item VALUES (101, 5, 5, NULL);

-- refused 23514
INSERT INTO constraints_check.item VALUES (101, 6, 5, NULL);

-- refused 23514
UPDATE constraints_check.item SET a = 1000, b = 2000 WHERE id = 5;

UPDATE constraints_check.item SET a = a - 1 WHERE id % 3 = 1;

-- An old row that violates it, touched elsewhere.
-- refused 23514
UPDATE constraints_check.item SET c = 'x' WHERE id = 6;

DELETE FROM constraints_check.item WHERE id = 9;

-- refused 23514
INSERT INTO constraints_check.item VALUES (102, 1, 2, 'UPPER');
