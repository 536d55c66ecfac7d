INSERT INTO keys_smallint.item (note) VALUES ('new') RETURNING id;

UPDATE keys_smallint.item SET id = 30000 WHERE id = 5;

-- refused 23505
INSERT INTO keys_smallint.item VALUES (30000, 'taken');

DELETE FROM keys_smallint.item WHERE id BETWEEN 20 AND 25;

INSERT INTO keys_smallint.item VALUES (-32768, 'the least') RETURNING id;

-- refused 22003
INSERT INTO keys_smallint.item VALUES (40000, 'too large');

INSERT INTO keys_smallint.item (note) VALUES ('newer'), ('newest') RETURNING id;

INSERT INTO keys_smallint.item (note) VALUES ('the last') RETURNING id;
