INSERT INTO combined_orders.item (code, customer_id, total) VALUES ('new', 3, 10) RETURNING id, taxed, changed;

-- refused 23505
UPDATE combined_orders.item SET slot = 10, state = 'open' WHERE slot = 14;

UPDATE combined_orders.item SET tags = tags || 'x'::text WHERE state = 'paid';

-- refused 23514
UPDATE combined_orders.item SET state = 'open', slot = NULL WHERE code = 'c3';

BEGIN; UPDATE combined_orders.item SET state = 'paid' WHERE code = 'c1'; UPDATE combined_orders.item SET state = 'open', busy = '[2,4)', slot = 1 WHERE code = 'c3'; COMMIT;

-- refused 23P01
UPDATE combined_orders.item SET busy = '[2,3)', state = 'open', slot = 777 WHERE code = 'c5';

DELETE FROM combined_orders.item WHERE code = 'c40';

UPDATE combined_orders.customer SET id = 50 WHERE id = 5;

-- refused 23503
INSERT INTO combined_orders.line VALUES (1000, 4242);

UPDATE combined_orders.item SET id = 5000 WHERE code = 'c90';

SELECT count(*), sum(changed) FROM combined_orders.item WHERE previous IS NULL;

INSERT INTO combined_orders.item (code, customer_id) VALUES ('after', 50) RETURNING id;
