INSERT INTO indexes_names_elsewhere.item (code, n) VALUES ('new', 1) RETURNING id;

INSERT INTO indexes_names_elsewhere_too.item (code, n) VALUES ('new', 1) RETURNING id;

-- refused 23505
INSERT INTO indexes_names_elsewhere.item (code, n) VALUES ('new', 2);

-- refused 23514
INSERT INTO indexes_names_elsewhere.item (code, n) VALUES ('newer', -2);

DELETE FROM indexes_names_elsewhere.item WHERE n = 5;

INSERT INTO indexes_names_elsewhere.item (code, n) VALUES ('after', 1) RETURNING id;
