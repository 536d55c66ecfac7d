INSERT INTO keys_shared_sequence.item (note) VALUES ('new') RETURNING id;

INSERT INTO keys_shared_sequence.other (note) VALUES ('new') RETURNING id;

DELETE FROM keys_shared_sequence.item WHERE id < 20;

INSERT INTO keys_shared_sequence.item (note) VALUES ('newer') RETURNING id;

UPDATE keys_shared_sequence.item SET id = nextval('keys_shared_sequence.numbers') WHERE note = 'n30' RETURNING id;

INSERT INTO keys_shared_sequence.other (note) VALUES ('after') RETURNING id;

INSERT INTO keys_shared_sequence.item (note) VALUES ('after') RETURNING id;
