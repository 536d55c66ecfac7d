INSERT INTO keys_numeric.item VALUES ('NaN', NULL, 'NaN'), (1e300, NULL, '-0');

UPDATE keys_numeric.item SET amount = 1.00000 WHERE amount = 1 RETURNING amount;

-- refused 23505
INSERT INTO keys_numeric.item VALUES (1.0, 9999, 0);

DELETE FROM keys_numeric.item WHERE amount = 2.50000;

INSERT INTO keys_numeric.item VALUES (2.5, 20.0004, '-Infinity') ON CONFLICT DO NOTHING;

INSERT INTO keys_numeric.item VALUES ('Infinity', 7777.7777, 'Infinity') RETURNING *;

-- refused 22003
INSERT INTO keys_numeric.item VALUES (9, 1234567890.123);

SELECT amount::text, sum::text FROM keys_numeric.item WHERE amount > 7 ORDER BY 1;
