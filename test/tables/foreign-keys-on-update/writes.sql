UPDATE foreign_keys_on_update.parent SET id = 101 WHERE id = 1;

UPDATE foreign_keys_on_update.parent SET id = 111 WHERE id = 11;

UPDATE foreign_keys_on_update.parent SET id = 121 WHERE id = 21;

-- refused 23503
UPDATE foreign_keys_on_update.parent SET code = 'elsewhere' WHERE id = 31;

-- RESTRICT has an SQLSTATE of its own from 18 on.
-- refused 23503 or 23001
UPDATE foreign_keys_on_update.parent SET code = 'elsewhere' WHERE id = 36;

UPDATE foreign_keys_on_update.item SET id = 1001 WHERE id = 1;

UPDATE foreign_keys_on_update.item SET id = 1011 WHERE id = 11;

-- refused 23503
UPDATE foreign_keys_on_update.item SET id = 1021 WHERE id = 21;

UPDATE foreign_keys_on_update.parent SET id = 102 WHERE id = 2;

UPDATE foreign_keys_on_update.parent SET id = 112 WHERE id = 12;

DELETE FROM foreign_keys_on_update.parent WHERE id = 22;

UPDATE foreign_keys_on_update.item SET id = 1002 WHERE id = 2;
