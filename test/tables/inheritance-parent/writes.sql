INSERT INTO inheritance_parent.item (id, n) VALUES (100, 5);

UPDATE inheritance_parent.item SET n = n + 1, note = 'changed' WHERE id % 10 < 3;

UPDATE ONLY inheritance_parent.item SET n = n + 1;

-- refused 23514
UPDATE inheritance_parent.item SET n = 1000 WHERE id = 210;

DELETE FROM inheritance_parent.all_of_them WHERE n = 30;

INSERT INTO inheritance_parent.child (id, n) VALUES (150, 5);

SELECT inheritance_parent.analyse();
