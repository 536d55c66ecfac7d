INSERT INTO combined_serials_and_sequences.item DEFAULT VALUES RETURNING *;

INSERT INTO combined_serials_and_sequences.other DEFAULT VALUES RETURNING *; INSERT INTO combined_serials_and_sequences.third DEFAULT VALUES RETURNING *;

-- refused 428C9
INSERT INTO combined_serials_and_sequences.item (down) VALUES (1);

INSERT INTO combined_serials_and_sequences.item (down, id) OVERRIDING SYSTEM VALUE VALUES (1, 1000) RETURNING *;

-- refused 23505
BEGIN; INSERT INTO combined_serials_and_sequences.item (of_other) VALUES (1); COMMIT;

SELECT setval('combined_serials_and_sequences.renamed', 100000);

INSERT INTO combined_serials_and_sequences.third DEFAULT VALUES RETURNING *; INSERT INTO combined_serials_and_sequences.item DEFAULT VALUES RETURNING *;

UPDATE combined_serials_and_sequences.item SET down = DEFAULT, common = DEFAULT WHERE id = 3;

DELETE FROM combined_serials_and_sequences.item WHERE id BETWEEN 10 AND 14;

INSERT INTO combined_serials_and_sequences.item DEFAULT VALUES RETURNING *;

INSERT INTO combined_serials_and_sequences.other DEFAULT VALUES RETURNING *; INSERT INTO combined_serials_and_sequences.third DEFAULT VALUES RETURNING *;

INSERT INTO combined_serials_and_sequences.item DEFAULT VALUES RETURNING *;
