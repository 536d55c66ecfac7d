INSERT INTO keys_bigint.item VALUES (1, 'one'), (9223372036854775807, 'the last') RETURNING *;

UPDATE keys_bigint.item SET note = note || '!' WHERE id % 2 = 0;

-- refused 23505
INSERT INTO keys_bigint.item VALUES (1, 'again');

UPDATE keys_bigint.item SET id = id - 1 WHERE id = 9223372036854775807 RETURNING id;

DELETE FROM keys_bigint.item WHERE id < -10000000000;

INSERT INTO keys_bigint.item VALUES (0, 'zero') ON CONFLICT (id) DO UPDATE SET note = 'was there' RETURNING *;

-- refused 23502
INSERT INTO keys_bigint.item (note) VALUES ('no key');

INSERT INTO keys_bigint.item VALUES (2, 'two') RETURNING *;
