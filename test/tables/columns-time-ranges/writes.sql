INSERT INTO columns_time_ranges.item (id, during) VALUES (100, '[2024-01-01Z,)') RETURNING local::text, said::text;

-- refused 23P01
INSERT INTO columns_time_ranges.item (id, during, open) VALUES (101, '[2024-01-01Z,)', '{[2020-01-01Z,2024-01-05Z)}');

-- The same time under another number gives way in the same transaction.
DELETE FROM columns_time_ranges.item WHERE id = 7; INSERT INTO columns_time_ranges.item (id, during, open) SELECT 107, tstzrange(NULL, '2024-01-01Z'), tstzmultirange(tstzrange('2024-01-15Z', '2024-01-16Z'));

-- refused 23514
UPDATE columns_time_ranges.item SET during = 'empty' WHERE id = 3;

UPDATE columns_time_ranges.item SET during = tstzrange(lower(during), NULL, '[]'), book = book - columns_time_ranges.chapters(columns_time_ranges.words('c', 'd')) WHERE id % 4 = 0;

UPDATE columns_time_ranges.item SET open = open - tstzmultirange(tstzrange('2025-01-01Z', NULL)) WHERE id BETWEEN 20 AND 30 RETURNING id, open::text;

-- refused 22000
UPDATE columns_time_ranges.item SET said = '[z,a)' WHERE id = 3;

DELETE FROM columns_time_ranges.item WHERE during @> timestamptz '2024-03-31 15:00Z' AND id < 15;

SELECT count(*), range_agg(during)::text FROM columns_time_ranges.item WHERE during && '[2024-04-01Z,2024-04-02Z)';
