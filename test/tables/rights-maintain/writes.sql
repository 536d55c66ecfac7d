UPDATE rights_maintain.item SET note = 'changed' WHERE id % 7 = 0;

DELETE FROM rights_maintain.item WHERE id = 5;

INSERT INTO rights_maintain.item VALUES (100, 'new');
