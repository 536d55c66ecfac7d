INSERT INTO triggers_that_write_back.item (id, grp, first) VALUES (100, 3, true), (101, 9, true);

INSERT INTO triggers_that_write_back.line VALUES (500, 57, 1000);

UPDATE triggers_that_write_back.item SET first = true WHERE id IN (20, 21);

UPDATE triggers_that_write_back.line SET n = n + 1, item_id = item_id % 60 + 1 WHERE id < 10;

DELETE FROM triggers_that_write_back.item WHERE id IN (5, 58);

-- refused 23505
INSERT INTO triggers_that_write_back.item (id, grp) VALUES (-5, 1);

UPDATE triggers_that_write_back.item SET grp = 2 WHERE first AND grp = 7;

DELETE FROM triggers_that_write_back.line WHERE item_id = 44;

SELECT * FROM triggers_that_write_back.item WHERE first OR total <> 0 OR id < 0 ORDER BY id;
