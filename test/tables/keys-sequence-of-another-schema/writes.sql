INSERT INTO keys_sequence_of_another_schema.item (note) VALUES ('new') RETURNING id;

INSERT INTO keys_sequence_of_another_schema.item VALUES (3000, 'own') RETURNING id;

UPDATE keys_sequence_of_another_schema.item SET note = 'changed' WHERE id > 80;

DELETE FROM keys_sequence_of_another_schema.item WHERE id = 99;

INSERT INTO keys_sequence_of_another_schema.item (note) VALUES ('after') RETURNING id;
