INSERT INTO sizes_100_inbound_foreign_keys.item VALUES (100, 'new');

-- refused 23503
DELETE FROM sizes_100_inbound_foreign_keys.item WHERE id = 3;

UPDATE sizes_100_inbound_foreign_keys.item SET note = 'touched' WHERE id < 20;

DELETE FROM sizes_100_inbound_foreign_keys.item WHERE id = 30;

-- refused 23503
INSERT INTO sizes_100_inbound_foreign_keys.child_050 VALUES (2, 30);

INSERT INTO sizes_100_inbound_foreign_keys.child_050 VALUES (2, 31);
