INSERT INTO indexes_replica_identity_nothing.item VALUES (100, 'new');

UPDATE indexes_replica_identity_nothing.item SET note = 'changed' WHERE id < 10;

DELETE FROM indexes_replica_identity_nothing.item WHERE id = 20;

UPDATE indexes_replica_identity_nothing.item SET id = -id WHERE id > 40 AND id < 50;

-- refused 23505
INSERT INTO indexes_replica_identity_nothing.item VALUES (100, 'again');
