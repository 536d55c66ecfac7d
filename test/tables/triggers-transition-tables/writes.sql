UPDATE triggers_transition_tables.item SET n = n + 1 WHERE id < 20;

DELETE FROM triggers_transition_tables.item WHERE id IN (3, 55, 56, 57);

DELETE FROM triggers_transition_tables.team WHERE id = 2;

INSERT INTO triggers_transition_tables.item VALUES (10, 1, 500, 'x'), (200, 1, 7, 'y') ON CONFLICT (id) DO UPDATE SET n = excluded.n;

UPDATE triggers_transition_tables.item SET id = id + 1000 WHERE id = 12;

WITH gone AS (DELETE FROM triggers_transition_tables.item WHERE id = 20 RETURNING id) UPDATE triggers_transition_tables.item SET note = 'after one went' WHERE id IN (SELECT id + 1 FROM gone);

DELETE FROM triggers_transition_tables.item WHERE false;

UPDATE triggers_transition_tables.item SET note = upper(note) WHERE team_id = 4;

SELECT what FROM triggers_transition_tables.account ORDER BY seq;
