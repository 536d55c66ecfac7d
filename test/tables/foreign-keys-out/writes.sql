-- refused 23503
INSERT INTO foreign_keys_out.item VALUES (100, 777);

INSERT INTO foreign_keys_out.item VALUES (100, 1, 2, NULL, NULL, NULL, 'de');

-- refused 23503
INSERT INTO foreign_keys_out.item VALUES (101, 1, 2, 2, NULL, NULL, NULL);

UPDATE foreign_keys_out.parent SET id = 1000 WHERE id = 20 AND false;

UPDATE foreign_keys_out.item SET one = NULL WHERE one = 5;

DELETE FROM foreign_keys_out.parent WHERE id = 5;

-- refused 23503
DELETE FROM foreign_keys_out_far.country WHERE code = 'at';

UPDATE foreign_keys_out.item SET country = 'fr' WHERE id < 10;

INSERT INTO foreign_keys_out.parent VALUES (500, 1, 'new');

INSERT INTO foreign_keys_out.item VALUES (101, 500, 500, 1, 'new', 'new', 'fr');

DELETE FROM foreign_keys_out.item WHERE two = 12;
