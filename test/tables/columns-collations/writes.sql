INSERT INTO columns_collations.item (id, d) VALUES (100, 'Résumé');

-- refused 23505
INSERT INTO columns_collations.item (id, d) VALUES (101, 'RESUME');

UPDATE columns_collations.item SET c = 'part ' || id * 100 WHERE id < 10;

UPDATE columns_collations.item SET d = upper(d) WHERE id BETWEEN 20 AND 30;

SELECT id FROM columns_collations.item WHERE c < 'part 50' ORDER BY c LIMIT 5;

DELETE FROM columns_collations.item WHERE d = 'D33' RETURNING d;
