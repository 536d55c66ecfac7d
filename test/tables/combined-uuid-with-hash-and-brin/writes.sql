INSERT INTO combined_uuid_with_hash_and_brin.item (at, id, email, tenant) VALUES ('2024-03-01 00:00Z', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'new', 1) RETURNING id, gone, visits;

-- refused 23505
INSERT INTO combined_uuid_with_hash_and_brin.item (at, email, tenant) VALUES ('2024-03-01 00:00Z', 'NEW', 3);

INSERT INTO combined_uuid_with_hash_and_brin.item (at, id, email, tenant) VALUES ('2024-03-01 00:00Z', md5('a')::uuid, 'USER7.AT.EXAMPLE.COM', 3)
ON CONFLICT (lower(email), (tenant % 2)) WHERE NOT gone DO UPDATE SET visits = item.visits + 1 RETURNING id, visits;

UPDATE combined_uuid_with_hash_and_brin.item SET gone = true WHERE tenant = 2;

INSERT INTO combined_uuid_with_hash_and_brin.item (at, id, email, tenant) VALUES ('-infinity', md5('b')::uuid, 'user2.at.example.com', 0);

-- refused 23505
UPDATE combined_uuid_with_hash_and_brin.item SET gone = false WHERE id = md5('2')::uuid;

UPDATE combined_uuid_with_hash_and_brin.item SET id = md5('c')::uuid WHERE id = md5('44')::uuid;

-- refused 23503
UPDATE combined_uuid_with_hash_and_brin.item SET id = md5('d')::uuid WHERE id = md5('4')::uuid;

DELETE FROM combined_uuid_with_hash_and_brin.item WHERE id = md5('9')::uuid;

-- refused 23503
INSERT INTO combined_uuid_with_hash_and_brin.session VALUES (100, md5('9')::uuid);

SELECT count(*) FROM combined_uuid_with_hash_and_brin.item WHERE token = decode(md5('3'), 'hex');

SELECT count(*), sum(visits) FROM combined_uuid_with_hash_and_brin.item WHERE at < '2024-01-02 00:00Z';
