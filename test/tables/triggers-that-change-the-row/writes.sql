INSERT INTO triggers_that_change_the_row.item VALUES (100, 1, 'new'), (101, 13, 'unlucky') RETURNING *;

UPDATE triggers_that_change_the_row.item SET n = 13 WHERE id = 4;

UPDATE triggers_that_change_the_row.item SET n = n WHERE id < 9 RETURNING note;

DELETE FROM triggers_that_change_the_row.item WHERE id = 10100;

INSERT INTO triggers_that_change_the_row.item VALUES (103, 5, NULL) RETURNING note;

SELECT count(*) FROM triggers_that_change_the_row.item;
