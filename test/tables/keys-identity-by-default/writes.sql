INSERT INTO keys_identity_by_default.item (note) VALUES ('new') RETURNING id;

INSERT INTO keys_identity_by_default.item VALUES (1, 'given') RETURNING id;

-- refused 23505
INSERT INTO keys_identity_by_default.item VALUES (1, 'given again');

UPDATE keys_identity_by_default.item SET note = note || '!' WHERE id % 4 = 0;

DELETE FROM keys_identity_by_default.item WHERE note = 'n9';

INSERT INTO keys_identity_by_default.item (note) SELECT 'more' FROM generate_series(1, 7) RETURNING id;

INSERT INTO keys_identity_by_default.item (note) VALUES ('after'), ('all') RETURNING id;

INSERT INTO keys_identity_by_default.item (note) VALUES ('the last') RETURNING id;
