-- refused 23P01
INSERT INTO constraints_exclusion.item VALUES (200, 1, '[2024-01-02 05:00,2024-01-02 06:00)');

INSERT INTO constraints_exclusion.item VALUES (200, 9, '[2024-01-02 05:00,2024-01-02 06:00)');

-- refused 23P01
INSERT INTO constraints_exclusion.item VALUES (201, 8, NULL, '<(10,0),5>');

INSERT INTO constraints_exclusion.item VALUES (201, 8, NULL, '<(10,0),5>', 'off');

-- Two bookings exchange their rooms.
BEGIN; UPDATE constraints_exclusion.item SET room = 50 WHERE id = 4; UPDATE constraints_exclusion.item SET room = 51 WHERE id = 5; COMMIT;

UPDATE constraints_exclusion.item SET during = during * tsrange('2024-01-10', NULL) WHERE room = 2;

DELETE FROM constraints_exclusion.item WHERE room = 0 AND id < 20;

-- refused 23P01
INSERT INTO constraints_exclusion.item VALUES (1004, 50);
