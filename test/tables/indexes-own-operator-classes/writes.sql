-- The same key, of the other sign.
UPDATE indexes_own_operator_classes.item SET n = -n WHERE code IN ('c5', 'c8', 'c9') RETURNING n;

-- refused 23505
INSERT INTO indexes_own_operator_classes.item VALUES (-5, 'c5');

-- refused 23P01
INSERT INTO indexes_own_operator_classes.item VALUES (100, 'new', 1, 20);

DELETE FROM indexes_own_operator_classes.item WHERE code = 'c11'; INSERT INTO indexes_own_operator_classes.item VALUES (-11, 'c11', 11, 11, 'back'), (12, 'c11', 12, NULL, 'beside');

UPDATE indexes_own_operator_classes.item SET n = n + 1000, other = -other WHERE code LIKE 'c2%';

-- Two exchange their values, up to the sign.
UPDATE indexes_own_operator_classes.item SET other = NULL WHERE code = 'c31'; UPDATE indexes_own_operator_classes.item SET other = 31 WHERE code = 'c32'; UPDATE indexes_own_operator_classes.item SET other = 32 WHERE code = 'c31';

INSERT INTO indexes_own_operator_classes.item VALUES (-13, 'c13', 0, NULL, 'upserted') ON CONFLICT DO NOTHING;

DELETE FROM indexes_own_operator_classes.item WHERE depth OPERATOR(indexes_own_operator_classes.=#) 40 RETURNING n;

SELECT code FROM indexes_own_operator_classes.item WHERE depth OPERATOR(indexes_own_operator_classes.<#) 6 ORDER BY depth USING OPERATOR(indexes_own_operator_classes.<#), code;
