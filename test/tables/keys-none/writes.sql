INSERT INTO keys_none.item VALUES (1, 'b'), (1, 'b');

DELETE FROM keys_none.item WHERE a = 3;
