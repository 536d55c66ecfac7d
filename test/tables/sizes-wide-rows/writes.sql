INSERT INTO sizes_wide_rows.item VALUES (100, repeat('x', 1000000), NULL, NULL);

UPDATE sizes_wide_rows.item SET a = 'short' WHERE id = 3;

UPDATE sizes_wide_rows.item SET b = b || b WHERE id = 4;

UPDATE sizes_wide_rows.item SET id = 400 WHERE id = 5;

DELETE FROM sizes_wide_rows.item WHERE id = 6;

SELECT id, length(a), md5(a), md5(b) FROM sizes_wide_rows.item ORDER BY id;
