INSERT INTO columns_domains.item (id) VALUES ('11111111-1111-1111-1111-111111111111') RETURNING *;

-- refused 23514
INSERT INTO columns_domains.item (id) VALUES ('00000000-0000-0000-0000-000000000000');

-- refused 23514
UPDATE columns_domains.item SET share = 101;

-- refused 23502
INSERT INTO columns_domains.item (id, share) VALUES ('22222222-2222-2222-2222-222222222222', NULL);

UPDATE columns_domains.item SET labels = labels || 'x'::text, share = share / 3 WHERE id::text < '7';

DELETE FROM columns_domains.item WHERE share < 17 AND id::text < '3';

UPDATE columns_domains.item SET id = md5(id::text)::uuid WHERE id::text > 'f';
