INSERT INTO combined_generated_and_partial.item VALUES (100, 'pair') RETURNING *;

-- refused 23P01
INSERT INTO combined_generated_and_partial.item VALUES (101, 'pair');

-- refused 23505
INSERT INTO combined_generated_and_partial.item VALUES (100, 'pair');

UPDATE combined_generated_and_partial.item SET number = number + 1000 WHERE kind = 'b';

UPDATE combined_generated_and_partial.item SET kind = 'd' WHERE number < 10 AND kind = 'c';

DELETE FROM combined_generated_and_partial.item WHERE key = 'a-30' RETURNING half;

INSERT INTO combined_generated_and_partial.item VALUES (30, 'a') RETURNING key;
