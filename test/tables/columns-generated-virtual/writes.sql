INSERT INTO columns_generated_virtual.item (id, a, b) VALUES (100, 3, 4) RETURNING *;

UPDATE columns_generated_virtual.item SET a = a * 2 WHERE id < 10 RETURNING sum, product;

-- refused 23514
INSERT INTO columns_generated_virtual.item (id, a, b) VALUES (101, 999, 1);

-- refused 428C9
UPDATE columns_generated_virtual.item SET sum = 5;

DELETE FROM columns_generated_virtual.item WHERE sum = 40;

SELECT sum(sum), count(label) FROM columns_generated_virtual.item;

INSERT INTO columns_generated_virtual.item (id, a, b) VALUES (102, NULL, 4) RETURNING sum;
