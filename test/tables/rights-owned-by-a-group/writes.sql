INSERT INTO rights_owned_by_a_group.item (parent_id, n) VALUES (1, 5) RETURNING *;

UPDATE rights_owned_by_a_group.item SET n = n + 100 WHERE id < 10 RETURNING n;

-- refused 42501
INSERT INTO rights_owned_by_a_group.item (id, who, n) VALUES (500, 'postgres', 1);

DELETE FROM rights_owned_by_a_group.parent WHERE id = 4;

DELETE FROM rights_owned_by_a_group.item WHERE id % 9 = 1;

INSERT INTO rights_owned_by_a_group.child VALUES (200, 20);

-- refused 23503
INSERT INTO rights_owned_by_a_group.child VALUES (201, 5000);

SELECT * FROM rights_owned_by_a_group.mine ORDER BY id;

INSERT INTO rights_owned_by_a_group.item (n) VALUES (6) RETURNING id, number;
