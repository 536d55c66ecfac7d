INSERT INTO combined_partial_key.item VALUES (NULL, 100, 'x', 0), (NULL, 101, 'y', 0);

-- refused 23505
INSERT INTO combined_partial_key.item VALUES (1, 102, 'z', 1000);

-- refused 23505
INSERT INTO combined_partial_key.item VALUES (NULL, 102, 'X', 1000);

UPDATE combined_partial_key.item SET b = b + 1 WHERE b < 60;

UPDATE combined_partial_key.item SET c = 'C' || d WHERE d BETWEEN 10 AND 20;

DELETE FROM combined_partial_key.item WHERE d = 30;

-- refused 23505
UPDATE combined_partial_key.item SET d = 40 WHERE c = 'c41';
