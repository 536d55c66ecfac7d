-- All places move by one: one statement passes through duplicates.
UPDATE constraints_unique_deferrable.item SET place = place + 1, rank = rank + 4;

BEGIN; UPDATE constraints_unique_deferrable.item SET place = 5 WHERE id = 3; UPDATE constraints_unique_deferrable.item SET place = 4 WHERE id = 4; COMMIT;

-- refused 23505
BEGIN; INSERT INTO constraints_unique_deferrable.item VALUES (100, 7, 1, 9); COMMIT;

-- refused 23505
INSERT INTO constraints_unique_deferrable.item VALUES (100, 1000, 5, 1);

BEGIN; SET CONSTRAINTS ALL DEFERRED; INSERT INTO constraints_unique_deferrable.item VALUES (100, 1000, 5, 1); DELETE FROM constraints_unique_deferrable.item WHERE id = 1; COMMIT;

DELETE FROM constraints_unique_deferrable.item WHERE id = 50;

UPDATE constraints_unique_deferrable.item SET place = -place;

-- refused 23505
UPDATE constraints_unique_deferrable.item SET place = -7 WHERE id = 10;
