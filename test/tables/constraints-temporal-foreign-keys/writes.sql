INSERT INTO constraints_temporal_foreign_keys.item VALUES (1, '[2026-01-01,2027-01-01)', 200, 2, NULL);

-- refused 23P01
INSERT INTO constraints_temporal_foreign_keys.item VALUES (1, '[2026-06-01,2028-01-01)', 201, 2, NULL);

-- The parent's time does not cover it.
-- refused 23503
INSERT INTO constraints_temporal_foreign_keys.item VALUES (50, '[2029-01-01,2031-01-01)', 201, 2, NULL);

-- refused 23503
DELETE FROM constraints_temporal_foreign_keys.item WHERE number = 105;

DELETE FROM constraints_temporal_foreign_keys.item WHERE number = 130;

UPDATE constraints_temporal_foreign_keys.item SET valid = '[2021-06-01,2025-01-01)' WHERE number BETWEEN 30 AND 35;

-- refused 23503
INSERT INTO constraints_temporal_foreign_keys.child VALUES (100, 1, '[2020-01-01,2021-06-01)');

INSERT INTO constraints_temporal_foreign_keys.child VALUES (100, 1, '[2022-01-01,2026-06-01)');
