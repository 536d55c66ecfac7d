INSERT INTO inheritance_child.item (id, n) VALUES (100, 5);

UPDATE inheritance_child.noted SET note = 'changed';

-- refused 23514
UPDATE inheritance_child.counted SET n = n - 10 WHERE n < 5;

DELETE FROM inheritance_child.counted WHERE n = 20;

INSERT INTO inheritance_child.item (id) VALUES (101);
