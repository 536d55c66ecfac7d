SELECT count(*), sum(id) FROM combined_row_security_and_statistics.item;

INSERT INTO combined_row_security_and_statistics.item (id, team, grade) VALUES (100, 1, 10) RETURNING *;

-- refused 42501
INSERT INTO combined_row_security_and_statistics.item (id, team) VALUES (101, 3);

-- refused 42501
INSERT INTO combined_row_security_and_statistics.item (id, team, grade) VALUES (101, 1, 999);

UPDATE combined_row_security_and_statistics.item SET note = 'seen' WHERE grade = 30;

-- refused 42501
UPDATE combined_row_security_and_statistics.item SET owner = CURRENT_USER WHERE id = 1;

-- refused 42501
UPDATE combined_row_security_and_statistics.item SET grade = 999 WHERE id = 3;

DELETE FROM combined_row_security_and_statistics.item WHERE id < 20;

INSERT INTO combined_row_security_and_statistics.remark VALUES (100, 'of mine');

-- refused 42501
INSERT INTO combined_row_security_and_statistics.remark VALUES (79, 'of theirs');

SELECT count(*) FROM combined_row_security_and_statistics.remark;

SELECT id, note FROM combined_row_security_and_statistics.item WHERE note = 'seen' ORDER BY id;
