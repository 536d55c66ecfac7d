BEGIN; UPDATE indexes_many_unique.item SET a = NULL, b = NULL, e = NULL WHERE id = 1; UPDATE indexes_many_unique.item SET a = 1, b = 'b1', e = '[1,2)' WHERE id = 2; UPDATE indexes_many_unique.item SET a = 2, b = 'b2', e = '[2,3)' WHERE id = 1; COMMIT;

UPDATE indexes_many_unique.item SET d = md5((61 - id)::text)::uuid;

-- refused 23505
UPDATE indexes_many_unique.item SET b = 'B3' WHERE id = 4;

DELETE FROM indexes_many_unique.item WHERE id = 20;

INSERT INTO indexes_many_unique.item VALUES (20, 20, 'b20', 0, NULL, '[20,21)');

BEGIN; UPDATE indexes_many_unique.item SET c = c + 100 WHERE a > 30; UPDATE indexes_many_unique.item SET a = a + 1000 WHERE c > 100; COMMIT;

-- refused 23P01
UPDATE indexes_many_unique.item SET e = '[5,7)' WHERE id = 5;
