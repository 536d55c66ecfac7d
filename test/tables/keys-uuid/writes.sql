INSERT INTO keys_uuid.item VALUES ('00000000-0000-0000-0000-000000000000', 'nil'), ('ffffffff-ffff-ffff-ffff-ffffffffffff', 'max');

UPDATE keys_uuid.item SET id = md5('moved' || id::text)::uuid WHERE note LIKE '%7';

-- refused 23505
INSERT INTO keys_uuid.item (id) VALUES ('00000000-0000-0000-0000-000000000000');

DELETE FROM keys_uuid.item WHERE id = md5('4')::uuid RETURNING note;

INSERT INTO keys_uuid.item (id) VALUES ('11111111-1111-1111-1111-111111111111') RETURNING *;

WITH added AS (INSERT INTO keys_uuid.item VALUES (DEFAULT, 'by default') RETURNING id)
SELECT count(*) AS added, bool_and(id IS NOT NULL) AS generated FROM added;

DELETE FROM keys_uuid.item WHERE note = 'by default';
