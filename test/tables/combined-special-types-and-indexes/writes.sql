INSERT INTO combined_special_types_and_indexes.item (id, span, body) VALUES ('\x', 'empty', 'Dogs are lazy') RETURNING words, spans;

-- refused 23505
INSERT INTO combined_special_types_and_indexes.item (id, span) VALUES ('\x0001', '(,)');

-- refused 23P01
INSERT INTO combined_special_types_and_indexes.item (id, span, net) VALUES ('\xff', '[0,100)', '10.0.0.0/8');

-- refused 23P01
UPDATE combined_special_types_and_indexes.item SET reach = '[0,1000)' WHERE id = '\x0005';

BEGIN; UPDATE combined_special_types_and_indexes.item SET bits = B'0000000111' WHERE id = '\x0008'; UPDATE combined_special_types_and_indexes.item SET bits = B'0000001000' WHERE id = '\x0007'; COMMIT;

-- refused 23P01
UPDATE combined_special_types_and_indexes.item SET bits = B'0000000001' WHERE id = '\x0009';

UPDATE combined_special_types_and_indexes.item SET grid = '[0:0][2:3]={{7,8}}', pairs = '{"(1,)",NULL}', document = '<b/><c/>' WHERE id BETWEEN '\x0010' AND '\x0014';

UPDATE combined_special_types_and_indexes.item SET bits = NULL, area = '(0,0),(1000,1)', reach = '(,1000)' WHERE id = '\x0003';

UPDATE combined_special_types_and_indexes.item SET id = id || '\x00' WHERE id = '\x0021';

DELETE FROM combined_special_types_and_indexes.item WHERE net << '10.0.16.0/22';

UPDATE combined_special_types_and_indexes.item SET body = 'A vixen, number ' || lower(span), spans = NULL WHERE words @@ to_tsquery('english', 'fox') AND upper(span) = 12;

SELECT count(*) FROM combined_special_types_and_indexes.item WHERE words @@ to_tsquery('english', 'number');

-- refused 22000
INSERT INTO combined_special_types_and_indexes.item (id, span) VALUES ('\xaa', '[5,1)');
