INSERT INTO foreign_keys_self.item VALUES (100, 20, 60, 1, 5);

-- refused 23503
INSERT INTO foreign_keys_self.item VALUES (101, 999);

-- refused 23503
BEGIN; UPDATE foreign_keys_self.item SET next_id = 999 WHERE id = 1; COMMIT;

BEGIN; UPDATE foreign_keys_self.item SET next_id = 999 WHERE id = 100; INSERT INTO foreign_keys_self.item VALUES (999, NULL, NULL, 2, NULL); COMMIT;

UPDATE foreign_keys_self.item SET next_id = NULL WHERE id BETWEEN 50 AND 59;

DELETE FROM foreign_keys_self.item WHERE id = 60;

BEGIN; UPDATE foreign_keys_self.item SET next_id = NULL; DELETE FROM foreign_keys_self.item WHERE id = 19; COMMIT;

-- refused 23503
UPDATE foreign_keys_self.item SET grp = 7 WHERE id = 3;

SELECT count(*) FROM foreign_keys_self.item;
