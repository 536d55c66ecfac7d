INSERT INTO constraints_temporal_key_alone.item VALUES (1, '[2026-01-01,2027-01-01)');

DELETE FROM constraints_temporal_key_alone.item WHERE id = 5;
