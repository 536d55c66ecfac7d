INSERT INTO columns_of_extensions.item (path, members) VALUES ('top.new.one', '{1,2}') RETURNING area::text, above::text;

-- refused 23505
INSERT INTO columns_of_extensions.item (path, members) VALUES ('top.n1.k1', '{}');

-- refused 23514
INSERT INTO columns_of_extensions.item (path, members) VALUES ('alone', '{}');

UPDATE columns_of_extensions.item SET path = path OPERATOR(public.||) 'moved'::public.ltree WHERE path = 'top.n1.k7';

UPDATE columns_of_extensions.item SET path = (path::text || '.further')::public.ltree WHERE path OPERATOR(public.<@) 'top.n3' RETURNING path::text, above::text;

UPDATE columns_of_extensions.item SET title = 'alone', area = area WHERE path OPERATOR(public.<@) 'top.n4';

-- refused 23P01
UPDATE columns_of_extensions.item SET title = 'alone', area = '(4,4),(20,20)' WHERE path = 'top.n2.k20';

-- refused 23505
UPDATE columns_of_extensions.item SET isbn = (SELECT isbn FROM columns_of_extensions.item WHERE path = 'top.n2.k2') WHERE path = 'top.n2.k20';

DELETE FROM columns_of_extensions.item WHERE members OPERATOR(public.@@) '5&(1|2)'::public.query_int;

SELECT count(*) FROM columns_of_extensions.item WHERE title LIKE '%itle 3%';
