INSERT INTO columns_json_xml_text_search.item (id) VALUES (100) RETURNING document, path::text;

UPDATE columns_json_xml_text_search.item SET document = jsonb_set(document, '{a,0}', to_jsonb(id)), raw = NULL WHERE id % 6 = 0;

UPDATE columns_json_xml_text_search.item SET words = words || 'added:1A'::tsvector WHERE id < 9;

-- refused 22P02
UPDATE columns_json_xml_text_search.item SET raw = '{broken';

DELETE FROM columns_json_xml_text_search.item WHERE document @> '{"a": [12]}';

SELECT count(*) FROM columns_json_xml_text_search.item WHERE words @@ 'added';

SELECT raw::text, page::text FROM columns_json_xml_text_search.item WHERE id = 7;
