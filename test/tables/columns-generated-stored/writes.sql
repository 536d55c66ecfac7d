INSERT INTO columns_generated_stored.item (id, net, rate) VALUES (200, 10, 7) RETURNING gross, twice, words::text;

UPDATE columns_generated_stored.item SET net = net + 1 WHERE id % 3 = 0;

-- refused 428C9
INSERT INTO columns_generated_stored.item (id, net, gross) VALUES (201, 1, 1);

-- refused 23514
INSERT INTO columns_generated_stored.item (id, net, rate) VALUES (202, 10, -5);

UPDATE columns_generated_stored.item SET gross = DEFAULT, rate = 0 WHERE id = 5 RETURNING gross;

DELETE FROM columns_generated_stored.item WHERE gross > 100;

INSERT INTO columns_generated_stored.item (id, net) VALUES (203, 1) RETURNING *;
