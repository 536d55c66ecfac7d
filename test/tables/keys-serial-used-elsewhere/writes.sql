INSERT INTO keys_serial_used_elsewhere.item (note) VALUES ('new') RETURNING id;

INSERT INTO keys_serial_used_elsewhere.other DEFAULT VALUES RETURNING id;

DELETE FROM keys_serial_used_elsewhere.item WHERE id = 31;

INSERT INTO keys_serial_used_elsewhere.other DEFAULT VALUES RETURNING id;

INSERT INTO keys_serial_used_elsewhere.item (note) VALUES ('after') RETURNING id;

INSERT INTO keys_serial_used_elsewhere.other DEFAULT VALUES RETURNING id;
