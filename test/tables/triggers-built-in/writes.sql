INSERT INTO triggers_built_in.item (id, body) VALUES (100, 'jumped') RETURNING *;

-- The owner's name goes from those rows.
UPDATE triggers_built_in.item SET body = body || ' twice' WHERE id % 10 = 0;

-- Nothing changes by the second of them, and no row counts as updated.
UPDATE triggers_built_in.item SET title = title WHERE id = 10;

UPDATE triggers_built_in.item SET config = 'pg_catalog.english', number = NULL WHERE id BETWEEN 5 AND 7 RETURNING number, by_config::text;

DELETE FROM triggers_built_in.item WHERE words @@ 'jump & 13';

INSERT INTO triggers_built_in.item (id, number, body) VALUES (101, 5, 'a cat') ON CONFLICT DO NOTHING RETURNING *;

SELECT count(*), max(number), count(*) FILTER (WHERE who = 'shadowstep_test_app') FROM triggers_built_in.item WHERE words @@ 'fox';
