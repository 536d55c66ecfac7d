INSERT INTO keys_identity_always.item (note) VALUES ('new') RETURNING id;

-- refused 428C9
INSERT INTO keys_identity_always.item VALUES (1, 'not mine to give');

INSERT INTO keys_identity_always.item OVERRIDING SYSTEM VALUE VALUES (1, 'given') RETURNING id;

UPDATE keys_identity_always.item SET note = note || '!' WHERE id % 4 = 0;

DELETE FROM keys_identity_always.item WHERE note = 'n9';

INSERT INTO keys_identity_always.item (note) SELECT 'more' FROM generate_series(1, 7) RETURNING id;

INSERT INTO keys_identity_always.item (note) VALUES ('after'), ('all') RETURNING id;

INSERT INTO keys_identity_always.item (note) VALUES ('the last') RETURNING id;
