BEGIN; INSERT INTO combined_serial_and_inbound.item (parent) VALUES (5) RETURNING id; INSERT INTO combined_serial_and_inbound.item_id DEFAULT VALUES RETURNING item_id; COMMIT;

INSERT INTO combined_serial_and_inbound.item2 DEFAULT VALUES RETURNING *;

-- refused 23503
DELETE FROM combined_serial_and_inbound.item WHERE id = 3;

DELETE FROM combined_serial_and_inbound.item WHERE id = 40;

-- refused 23503
INSERT INTO combined_serial_and_inbound.item_id (item_id) VALUES (4242);

BEGIN; INSERT INTO combined_serial_and_inbound.item (parent) VALUES (6) RETURNING id; INSERT INTO combined_serial_and_inbound.item_id DEFAULT VALUES RETURNING item_id; COMMIT;

INSERT INTO combined_serial_and_inbound.item (note) VALUES (DEFAULT) RETURNING *;
