INSERT INTO columns_enum_changed.item VALUES (100, 'open', '{open,new}'), (101, DEFAULT, NULL) RETURNING *;

UPDATE columns_enum_changed.item SET state = 'open', history = ARRAY[state] WHERE state = 'it''s paid';

-- refused 22P02
UPDATE columns_enum_changed.item SET state = 'paid';

DELETE FROM columns_enum_changed.item WHERE state > 'open' AND id < 20;

SELECT state, count(*) FROM columns_enum_changed.item GROUP BY state ORDER BY state;
