-- A key of a document and a padded text: 1 and 1.0 are one number to jsonb, and spaces at the end count for nothing.
CREATE SCHEMA keys_jsonb_and_char;
CREATE TABLE keys_jsonb_and_char.item (document jsonb, code char(8), "char" "char" NOT NULL DEFAULT 'x', note text, CONSTRAINT item_key PRIMARY KEY (code, document));
INSERT INTO keys_jsonb_and_char.item SELECT jsonb_build_object('n', i, 'list', jsonb_build_array(i, NULL)), 'c' || i, chr(64 + i % 50), 'n' || i FROM generate_series(1, 60) AS i;
CREATE INDEX item_char ON keys_jsonb_and_char.item ("char", code bpchar_pattern_ops);
CREATE INDEX item_document ON keys_jsonb_and_char.item USING hash (document);
ALTER TABLE keys_jsonb_and_char.item REPLICA IDENTITY USING INDEX item_key;
GRANT USAGE ON SCHEMA keys_jsonb_and_char TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON keys_jsonb_and_char.item TO shadowstep_test_app;
