INSERT INTO keys_identity_beside.item (code) VALUES ('a'), ('b') RETURNING *;

UPDATE keys_identity_beside.item SET number = DEFAULT WHERE code = 'c7' RETURNING number;

-- refused 428C9
UPDATE keys_identity_beside.item SET number = 5 WHERE code = 'c8';

INSERT INTO keys_identity_beside.item VALUES ('own', DEFAULT, 32000) RETURNING *;

UPDATE keys_identity_beside.item SET code = 'd' || number WHERE number < 110;

DELETE FROM keys_identity_beside.item WHERE place > 100 AND place < 110;

INSERT INTO keys_identity_beside.item (code) VALUES ('late') RETURNING *;

INSERT INTO keys_identity_beside.item (code) VALUES ('later') RETURNING *;
