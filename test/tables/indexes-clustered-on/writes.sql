INSERT INTO indexes_clustered_on.item VALUES (1000, 'aaa');

UPDATE indexes_clustered_on.item SET word = upper(word) WHERE id % 10 = 0;

DELETE FROM indexes_clustered_on.item WHERE word < '3';

-- refused 23505
INSERT INTO indexes_clustered_on.item VALUES (1000, 'bbb');
