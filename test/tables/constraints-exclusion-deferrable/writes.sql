-- Every span moves to where its neighbour was.
UPDATE constraints_exclusion_deferrable.item SET span = int4range(lower(span) + 10, upper(span) + 10), code = 'd' || id;

BEGIN; UPDATE constraints_exclusion_deferrable.item SET span = '[30,40)' WHERE id = 4; UPDATE constraints_exclusion_deferrable.item SET span = '[50,60)' WHERE id = 2; COMMIT;

-- refused 23P01
BEGIN; INSERT INTO constraints_exclusion_deferrable.item VALUES (100, '[45,46)', 'x'); COMMIT;

-- refused 23P01
INSERT INTO constraints_exclusion_deferrable.item VALUES (100, '[5000,5001)', 'd7');

BEGIN; SET CONSTRAINTS ALL DEFERRED; UPDATE constraints_exclusion_deferrable.item SET code = 'd8' WHERE id = 9; UPDATE constraints_exclusion_deferrable.item SET code = 'd9' WHERE id = 8; COMMIT;

DELETE FROM constraints_exclusion_deferrable.item WHERE id = 30;

INSERT INTO constraints_exclusion_deferrable.item VALUES (30, '[310,320)', 'd30');

UPDATE constraints_exclusion_deferrable.item SET span = int4range(lower(span) - 10, upper(span) - 10);
