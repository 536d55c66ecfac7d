INSERT INTO keys_serials.item (note) VALUES ('new') RETURNING *;

INSERT INTO keys_serials.item (id, ticket, note) VALUES (1000, 1000, 'own numbers') RETURNING place;

SELECT nextval('keys_serials."Tickets"');

-- refused 23505
INSERT INTO keys_serials.item (id) VALUES (1000);

UPDATE keys_serials.item SET id = id + 5000 WHERE ticket > 40;

DELETE FROM keys_serials.item WHERE place = 11;

INSERT INTO keys_serials.item (note) VALUES ('after') RETURNING *;

INSERT INTO keys_serials.item (note) VALUES ('the last') RETURNING *;
