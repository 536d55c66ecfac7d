INSERT INTO combined_key_of_domain_enum_and_include.item (grade, number, price, code) VALUES ('lower', 100, 100, '') RETURNING *;

-- refused 23505
INSERT INTO combined_key_of_domain_enum_and_include.item (grade, number, price, code) VALUES ('lower', 101, 100, '');

-- refused 23514
INSERT INTO combined_key_of_domain_enum_and_include.item (grade, number, price, code, region) VALUES ('low', 102, 100, 'x', 'DE');

-- refused 23514
INSERT INTO combined_key_of_domain_enum_and_include.item (grade, number, price, code) VALUES ('low', 102, 4, 'x');

UPDATE combined_key_of_domain_enum_and_include.item SET grade = 'lower' WHERE code = 'c12';

UPDATE combined_key_of_domain_enum_and_include.item SET region = 'it', note = NULL WHERE price BETWEEN 15 AND 18;

-- refused 23503
UPDATE combined_key_of_domain_enum_and_include.item SET number = 500 WHERE code = 'c22';

DELETE FROM combined_key_of_domain_enum_and_include.item WHERE code = 'c25';

-- refused 23503
INSERT INTO combined_key_of_domain_enum_and_include.part VALUES (100, 'de', 'high', 'c7777');

-- refused 23503
INSERT INTO combined_key_of_domain_enum_and_include.part VALUES (101, 'de', NULL, 'c4');

-- refused 23505
UPDATE combined_key_of_domain_enum_and_include.item SET number = 10, grade = 'mid' WHERE code = 'c43';

SELECT region, grade, count(*) FROM combined_key_of_domain_enum_and_include.item GROUP BY 1, 2 ORDER BY 1, 2;
