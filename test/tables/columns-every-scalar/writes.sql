INSERT INTO columns_every_scalar.item (id, c, bi, m) VALUES (100, 'x', B'111', '$1,000.50') RETURNING *;

UPDATE columns_every_scalar.item SET f8 = -f8, i = interval '1 mon' - interval '30 days' WHERE id < 20;

-- refused 22001
UPDATE columns_every_scalar.item SET vc = 'far too long';

-- refused 22026
UPDATE columns_every_scalar.item SET bi = B'1';

DELETE FROM columns_every_scalar.item WHERE id = 2 RETURNING *;

INSERT INTO columns_every_scalar.item (id, d, ts) VALUES (2, '-infinity', 'infinity') RETURNING d, ts;
