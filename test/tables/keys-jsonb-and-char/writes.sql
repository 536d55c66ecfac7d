UPDATE keys_jsonb_and_char.item SET document = '{"n": 5.00, "list": [5.0, null]}' WHERE code = 'c5' RETURNING document::text;

-- refused 23505
INSERT INTO keys_jsonb_and_char.item VALUES ('{"n": 5, "list": [5, null]}', 'c5    ');

INSERT INTO keys_jsonb_and_char.item VALUES ('null', ''), ('"null"', ''), ('{}', '  '), ('[]', '        ');

DELETE FROM keys_jsonb_and_char.item WHERE code = 'c6'; INSERT INTO keys_jsonb_and_char.item VALUES ('{"n": 6.0, "list": [6, null]}', 'c6 ', '', 'other digits');

INSERT INTO keys_jsonb_and_char.item VALUES ('{"list": [7.0, null], "n": 7}', 'c7', 'y', 'upserted') ON CONFLICT (code, document) DO UPDATE SET document = excluded.document, note = excluded.note;

UPDATE keys_jsonb_and_char.item SET document = document - 'list', code = upper(code) WHERE code LIKE 'c2%';

-- refused 22001
UPDATE keys_jsonb_and_char.item SET code = 'far too long';

DELETE FROM keys_jsonb_and_char.item WHERE document = '{}' RETURNING code || '|';

SELECT code, document::text, "char"::text FROM keys_jsonb_and_char.item WHERE code IN ('c5', 'c6', 'c7', '') ORDER BY code, document;
