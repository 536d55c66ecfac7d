INSERT INTO sizes_truncated.item (n) VALUES (1) RETURNING id;

TRUNCATE sizes_truncated.item;

INSERT INTO sizes_truncated.item (n) SELECT i FROM generate_series(1, 30) AS i RETURNING id;

UPDATE sizes_truncated.item SET n = -n WHERE n % 2 = 0;

TRUNCATE sizes_truncated.item;

INSERT INTO sizes_truncated.item (n) SELECT i FROM generate_series(1, 20) AS i;

DELETE FROM sizes_truncated.item WHERE n = 4;

INSERT INTO sizes_truncated.item (n) VALUES (1) RETURNING id;
