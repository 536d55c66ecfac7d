INSERT INTO indexes_storage_parameters.item VALUES (100, 100, 'new');

-- refused 23505
INSERT INTO indexes_storage_parameters.item VALUES (101, 100, 'x');

-- refused 23P01
INSERT INTO indexes_storage_parameters.item VALUES (102, 102, 'new');

UPDATE indexes_storage_parameters.item SET a = a - 1000 WHERE id < 20;

DELETE FROM indexes_storage_parameters.item WHERE b = 'b30';

UPDATE indexes_storage_parameters.item SET b = 'b30' WHERE id = 31;
