INSERT INTO triggers_states.item VALUES (100, 1, 'new'), (101, 2, NULL);

UPDATE triggers_states.item SET note = 'changed' WHERE id < 4;

UPDATE triggers_states.item SET n = n + 1000 WHERE id = 5;

DELETE FROM triggers_states.item WHERE id = 6;

INSERT INTO triggers_states.item VALUES (5, 0, 'x') ON CONFLICT (id) DO UPDATE SET n = 7;

-- refused 23505
INSERT INTO triggers_states.item VALUES (100);

UPDATE triggers_states.item SET id = 200 WHERE id = 101;

DELETE FROM triggers_states.item WHERE id > 150;
