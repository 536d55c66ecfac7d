-- refused 23P01
INSERT INTO constraints_temporal_unique.item VALUES (100, 1, '[2024-01-01,2024-01-04)');

INSERT INTO constraints_temporal_unique.item VALUES (100, 9, '[2024-01-01,2024-01-04)');

BEGIN; UPDATE constraints_temporal_unique.item SET room = 50 WHERE id = 1; UPDATE constraints_temporal_unique.item SET room = 1, during = '[2024-01-02,2024-01-03)' WHERE id = 2; COMMIT;

UPDATE constraints_temporal_unique.item SET during = daterange(lower(during), upper(during) + 1) WHERE room = 2;

-- refused 23514
INSERT INTO constraints_temporal_unique.item VALUES (101, 9, 'empty');

DELETE FROM constraints_temporal_unique.item WHERE room = 0 AND id < 12;

INSERT INTO constraints_temporal_unique.item VALUES (3, 0, '[2024-01-04,2024-01-05)');
