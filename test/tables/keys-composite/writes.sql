UPDATE keys_composite.item SET a = a + 100 WHERE a = 3;

UPDATE keys_composite.item SET c = upper(c), note = NULL WHERE b = '2024-02-29';

INSERT INTO keys_composite.item VALUES (NULL, '', 0, '2024-01-01') RETURNING *;

-- refused 23505
INSERT INTO keys_composite.item VALUES ('again', '', 0, '2024-01-01');

-- refused 23502
INSERT INTO keys_composite.item VALUES ('half a key', NULL, 0, '2024-01-02');

DELETE FROM keys_composite.item WHERE b < '2024-02-23' AND a < 5;

INSERT INTO keys_composite.item VALUES ('x', 'Z', 7, '2030-01-01'), ('y', 'z', 7, '2030-01-01');

UPDATE keys_composite.item AS i SET c = CASE c WHEN 'Z' THEN 'q' ELSE 'Z' END WHERE b = '2030-01-01' AND c = 'Z' RETURNING c;
