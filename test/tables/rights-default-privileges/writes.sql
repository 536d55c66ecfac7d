INSERT INTO rights_default_privileges.item VALUES (100, 1, 'new'), (101, 2, NULL);

UPDATE rights_default_privileges.item SET note = 'changed' WHERE id < 4;

UPDATE rights_default_privileges.item SET n = n + 1000 WHERE id = 5;

DELETE FROM rights_default_privileges.item WHERE id = 6;

INSERT INTO rights_default_privileges.item VALUES (5, 0, 'x') ON CONFLICT (id) DO UPDATE SET n = 7;

-- refused 23505
INSERT INTO rights_default_privileges.item VALUES (100);

UPDATE rights_default_privileges.item SET id = 200 WHERE id = 101;

DELETE FROM rights_default_privileges.item WHERE id > 150;
