INSERT INTO constraints_not_enforced.item VALUES (100, 777, 778, 1);

-- refused 23514
INSERT INTO constraints_not_enforced.item VALUES (101, 1, 1, 0);

DELETE FROM constraints_not_enforced.item WHERE id = 20;

UPDATE constraints_not_enforced.item SET id = id + 500 WHERE id = 30;

INSERT INTO constraints_not_enforced.child VALUES (100, 4242);

UPDATE constraints_not_enforced.item SET a = 5 WHERE id < 10;
