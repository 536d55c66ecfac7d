-- json keeps its text to the letter, jsonb and xml their own way; tsvector, tsquery, a configuration of the table's own.
CREATE SCHEMA columns_json_xml_text_search;
CREATE TEXT SEARCH CONFIGURATION columns_json_xml_text_search.plain (COPY = pg_catalog.simple);
CREATE TABLE columns_json_xml_text_search.item (
  id integer PRIMARY KEY,
  raw json,
  document jsonb DEFAULT '{"a": [1, 2, {"b": null}]}',
  page xml,
  words tsvector,
  query tsquery,
  path jsonpath DEFAULT '$.a[*] ? (@ > 1)'
);
INSERT INTO columns_json_xml_text_search.item (id, raw, page, words, query)
SELECT i, ('{"z":  1, "z": 2,  "i": ' || i || '}')::json, xmlparse(CONTENT '<p n="' || i || '">text</p><!-- c -->'),
       to_tsvector('simple', 'word' || i || ' and word' || i % 5), to_tsquery('simple', 'word' || i || ' & !none')
FROM generate_series(1, 50) AS i;
CREATE INDEX item_document ON columns_json_xml_text_search.item USING gin (document jsonb_path_ops);
CREATE INDEX item_words ON columns_json_xml_text_search.item USING gist (words tsvector_ops (siglen = 100));
CREATE INDEX item_raw ON columns_json_xml_text_search.item ((raw ->> 'i'));
CREATE INDEX item_config ON columns_json_xml_text_search.item USING gin (to_tsvector('columns_json_xml_text_search.plain', raw::text));
GRANT USAGE ON SCHEMA columns_json_xml_text_search TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON columns_json_xml_text_search.item TO shadowstep_test_app;
