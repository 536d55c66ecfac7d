INSERT INTO combined_trigger_states_and_generated.item (id, price, note) VALUES (100, 100, NULL) RETURNING total;

UPDATE combined_trigger_states_and_generated.item SET note = 'longer than it was' WHERE id = 7 RETURNING total, changes;

UPDATE combined_trigger_states_and_generated.item SET changes = 50 WHERE id = 8 RETURNING *;

-- refused 23514
UPDATE combined_trigger_states_and_generated.item SET price = 6000 WHERE id = 9;

BEGIN; UPDATE combined_trigger_states_and_generated.item SET price = 6000 WHERE id = 9; UPDATE combined_trigger_states_and_generated.item SET price = 60 WHERE id = 9; COMMIT;

-- refused 428C9
UPDATE combined_trigger_states_and_generated.item SET total = 3 WHERE id = 10;

UPDATE combined_trigger_states_and_generated.item SET note = note || '!' WHERE price BETWEEN 20 AND 25;

DELETE FROM combined_trigger_states_and_generated.item WHERE id = 30;

INSERT INTO combined_trigger_states_and_generated.item (id, price) VALUES (7, 0) ON CONFLICT (id) DO UPDATE SET price = excluded.price RETURNING total, changes;

UPDATE combined_trigger_states_and_generated.item SET id = 200 WHERE id = 100;

INSERT INTO combined_trigger_states_and_generated.item (id, price) VALUES (300, 51) RETURNING total;
