INSERT INTO columns_ranges.item VALUES ('empty', 'empty', '(,)', '{}', NULL);

-- refused 23505
INSERT INTO columns_ranges.item (during) VALUES ('(2020-01-01,2020-01-01)');

UPDATE columns_ranges.item SET numbers = numbers * int8range(0, 50) WHERE lower(during) > '2024-02-01';

UPDATE columns_ranges.item SET during = daterange(lower(during), NULL) WHERE lower(numbers) = 12;

DELETE FROM columns_ranges.item WHERE during @> date '2024-01-11';

-- refused 22000
INSERT INTO columns_ranges.item (during) VALUES (daterange('2024-02-01', '2024-01-01'));

SELECT count(*) FROM columns_ranges.item WHERE numbers && int8range(10, 20);
