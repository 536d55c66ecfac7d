BEGIN; UPDATE combined_everything_deferrable.item SET place = NULL; UPDATE combined_everything_deferrable.item SET place = 51 - id, span = int4range((51 - id) * 5, (51 - id) * 5 + 5); COMMIT;

-- refused 23514
UPDATE combined_everything_deferrable.item SET place = NULL WHERE id < 9;

BEGIN; INSERT INTO combined_everything_deferrable.item VALUES (100, 1, '[5,10)', 200); DELETE FROM combined_everything_deferrable.item WHERE place = 1 AND id <> 100; UPDATE combined_everything_deferrable.item SET next_id = NULL WHERE next_id = 50; INSERT INTO combined_everything_deferrable.item VALUES (200, 999); COMMIT;

-- refused 23503
BEGIN; UPDATE combined_everything_deferrable.item SET next_id = 4242 WHERE id = 3; COMMIT;

-- refused 23P01
UPDATE combined_everything_deferrable.item SET span = '[0,1000)' WHERE id = 4;

-- refused 23505
UPDATE combined_everything_deferrable.item SET place = 7 WHERE id = 9;

UPDATE combined_everything_deferrable.item SET place = place + 1, span = int4range(lower(span) + 5, upper(span) + 5) WHERE id < 100;

DELETE FROM combined_everything_deferrable.item WHERE id = 200 AND false;
