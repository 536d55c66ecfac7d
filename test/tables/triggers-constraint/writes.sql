INSERT INTO triggers_constraint.item VALUES (100, 1, 'new');

-- refused 23514
BEGIN; INSERT INTO triggers_constraint.item VALUES (101, -1, 'new'); COMMIT;

BEGIN; INSERT INTO triggers_constraint.item VALUES (101, 5, 'new'); UPDATE triggers_constraint.item SET n = 9 WHERE id = 101; COMMIT;

UPDATE triggers_constraint.item SET note = 'm' WHERE id < 10;

-- refused 23514
BEGIN; SET CONSTRAINTS triggers_constraint.late IMMEDIATE; UPDATE triggers_constraint.item SET n = -9 WHERE id = 3; COMMIT;

DELETE FROM triggers_constraint.item WHERE id = 20;

UPDATE triggers_constraint.item SET n = 70 WHERE id = 30;
