-- refused 23503
INSERT INTO foreign_keys_not_valid.item VALUES (100, 50);

INSERT INTO foreign_keys_not_valid.item VALUES (100, 5, 7, 3);

UPDATE foreign_keys_not_valid.item SET p = 3 WHERE id = 40;

-- refused 23503
UPDATE foreign_keys_not_valid.item SET p = 41 WHERE id = 40;

DELETE FROM foreign_keys_not_valid.item WHERE id = 10;

-- refused 23503
INSERT INTO foreign_keys_not_valid.child VALUES (100, 4242);

INSERT INTO foreign_keys_not_valid.child VALUES (100, 100);

SELECT count(*) FROM foreign_keys_not_valid.child;
