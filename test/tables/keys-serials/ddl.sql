-- Three serials on one table, one of them renamed, one set back by hand.
CREATE SCHEMA keys_serials;
CREATE TABLE keys_serials.item (id bigserial PRIMARY KEY, ticket serial, place smallserial, note text);
INSERT INTO keys_serials.item (note) SELECT 'n' || i FROM generate_series(1, 45) AS i;
ALTER SEQUENCE keys_serials.item_ticket_seq RENAME TO "Tickets";
SELECT setval('keys_serials.item_place_seq', 10);
GRANT USAGE ON SCHEMA keys_serials TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_serials.item TO shadowstep_test_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA keys_serials TO shadowstep_test_app;
