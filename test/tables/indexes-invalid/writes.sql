INSERT INTO indexes_invalid.item VALUES (100, 1);

DELETE FROM indexes_invalid.item WHERE a = 2;
