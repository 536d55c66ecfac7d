INSERT INTO columns_all_but_the_key_generated.item DEFAULT VALUES RETURNING *;

DELETE FROM columns_all_but_the_key_generated.item WHERE square < 50;

INSERT INTO columns_all_but_the_key_generated.item OVERRIDING SYSTEM VALUE VALUES (3) RETURNING square;

-- refused 428C9
UPDATE columns_all_but_the_key_generated.item SET square = 1;

UPDATE columns_all_but_the_key_generated.item SET id = DEFAULT WHERE id = 20 RETURNING id;

INSERT INTO columns_all_but_the_key_generated.item DEFAULT VALUES RETURNING *;
