INSERT INTO keys_text_collations.item VALUES ('de', 'ÜBER', 'über');

-- The collation says that it is there.
-- refused 23505
INSERT INTO keys_text_collations.item VALUES ('de', 'über', 'another');

UPDATE keys_text_collations.item SET word = upper(word) WHERE language = 'zoo';

UPDATE keys_text_collations.item SET language = 'ärger' WHERE language = 'Ärger';

DELETE FROM keys_text_collations.item WHERE word = 'WORT17' RETURNING language, word;

-- refused 23505
INSERT INTO keys_text_collations.item VALUES ('arg', 'wort7', 'x');

INSERT INTO keys_text_collations.item VALUES ('arg', 'WORT7', 'y') ON CONFLICT (language, word) DO UPDATE SET plain = 'kept' RETURNING *;

SELECT language, word FROM keys_text_collations.item WHERE word < 'wort2' ORDER BY language, word;
