SELECT id FROM rights_row_security.item ORDER BY id;

SELECT item_id FROM rights_row_security.secret ORDER BY item_id;

INSERT INTO rights_row_security.item (id, n) VALUES (100, 5); INSERT INTO rights_row_security.secret VALUES (100, 'new');

-- refused 42501
INSERT INTO rights_row_security.item (id, n) VALUES (101, 0);

-- refused 42501
UPDATE rights_row_security.item SET n = 1000 WHERE id = 5;

UPDATE rights_row_security.item SET note = 'x' WHERE id IN (6, 7, 13);

DELETE FROM rights_row_security.item WHERE id IN (20, 13, 50);

SELECT item_id FROM rights_row_security.secret ORDER BY item_id;
