BEGIN; INSERT INTO combined_foreign_keys_across_schemas.item VALUES (100, 'r9', 99, 3, 'l100'); INSERT INTO combined_foreign_keys_across_schemas_elsewhere.item VALUES (99, 'r9', 99, 'l101'); INSERT INTO combined_foreign_keys_across_schemas.item VALUES (101, NULL, NULL, 100, 'l101', 'l101'); COMMIT;

-- refused 23503
BEGIN; INSERT INTO combined_foreign_keys_across_schemas.item VALUES (102, 'r0', 1, NULL, 'l102'); COMMIT;

-- refused 23503
BEGIN; SET CONSTRAINTS combined_foreign_keys_across_schemas.away IMMEDIATE; INSERT INTO combined_foreign_keys_across_schemas.item VALUES (102, 'r0', 1, NULL, 'l102'); COMMIT;

-- refused 23503
INSERT INTO combined_foreign_keys_across_schemas.item VALUES (103, 'r0', NULL, NULL, 'l103');

DELETE FROM combined_foreign_keys_across_schemas.item WHERE id = 5;

UPDATE combined_foreign_keys_across_schemas.item SET label = 'renamed' WHERE id = 4;

UPDATE combined_foreign_keys_across_schemas_elsewhere.item SET region = 'rr', code = 300 WHERE id = 3;

-- refused 23503
BEGIN; SET CONSTRAINTS ALL DEFERRED; UPDATE combined_foreign_keys_across_schemas.item SET parent = 7000 WHERE id = 9; COMMIT;

BEGIN; SET CONSTRAINTS combined_foreign_keys_across_schemas.up DEFERRED; UPDATE combined_foreign_keys_across_schemas.item SET parent = 7000 WHERE id = 9; INSERT INTO combined_foreign_keys_across_schemas.item VALUES (7000, NULL, NULL, NULL, 'l7000'); COMMIT;

-- refused 23503
DELETE FROM combined_foreign_keys_across_schemas_elsewhere.item WHERE id = 2;

-- refused 23503
UPDATE combined_foreign_keys_across_schemas_elsewhere.item SET first = 'nowhere' WHERE id = 8;

DELETE FROM combined_foreign_keys_across_schemas.item WHERE id = 12;

SELECT count(*), count(parent), count(region), min(sibling) FROM combined_foreign_keys_across_schemas.item;
