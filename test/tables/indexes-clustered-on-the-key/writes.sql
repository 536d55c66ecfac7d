UPDATE indexes_clustered_on_the_key.item SET code = 'd' || id WHERE id < 10;

INSERT INTO indexes_clustered_on_the_key.item VALUES (100, 'new');

-- refused 23505
INSERT INTO indexes_clustered_on_the_key.item VALUES (101, 'new');

DELETE FROM indexes_clustered_on_the_key.item WHERE code = 'c30';

UPDATE indexes_clustered_on_the_key.item SET id = id + 1000 WHERE id > 50;
