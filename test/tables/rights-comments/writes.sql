INSERT INTO rights_comments.item (a, b) VALUES (1, 'new') RETURNING id, n;

UPDATE rights_comments.item SET a = a + 1 WHERE id < 20;

DELETE FROM rights_comments.item WHERE id = 30;

INSERT INTO rights_comments.item (a, b) VALUES (1, 'newer') RETURNING id, n;
