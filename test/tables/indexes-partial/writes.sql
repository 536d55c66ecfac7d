INSERT INTO indexes_partial.item VALUES (500, 'open', 500, NULL), (501, 'done', 500, NULL);

-- refused 23505
INSERT INTO indexes_partial.item VALUES (502, 'open', 500, 'second');

-- Two rows exchange what only one open row may have.
BEGIN; UPDATE indexes_partial.item SET state = 'done' WHERE id = 500; UPDATE indexes_partial.item SET state = 'open' WHERE id = 501; COMMIT;

UPDATE indexes_partial.item SET state = 'done' WHERE state = 'open' AND id < 30;

UPDATE indexes_partial.item SET slot = slot + 1000 WHERE id BETWEEN 61 AND 99 AND state = 'open';

-- refused 23505
UPDATE indexes_partial.item SET state = 'open' WHERE id IN (500, 501);

DELETE FROM indexes_partial.item WHERE state LIKE 'odd%' AND id < 40;
