INSERT INTO indexes_regclass_of_itself.item VALUES (100, 5);

DELETE FROM indexes_regclass_of_itself.item WHERE id = 3;
