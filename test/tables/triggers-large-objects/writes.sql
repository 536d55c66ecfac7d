INSERT INTO triggers_large_objects.item SELECT 700000 + i, 'new', lo_from_bytea(700000 + i, '\x0102'), lo_from_bytea(710000 + i, '\x03') FROM generate_series(1, 9) AS i;

UPDATE triggers_large_objects.item SET title = 'seen' WHERE id > 700000;

UPDATE triggers_large_objects.item SET raster = lo_from_bytea(720001, '\xff') WHERE id = 700001;

-- refused 42704
SELECT lo_get(700001);

SELECT id, lo_get(raster), lo_get(thumb) FROM triggers_large_objects.item WHERE id > 700000 ORDER BY id;

DELETE FROM triggers_large_objects.item WHERE id = 700002;

-- refused 42704
SELECT lo_get(710002);

UPDATE triggers_large_objects.item SET id = id + 50 WHERE id = 700003;

SELECT id, lo_get(raster), lo_get(thumb) FROM triggers_large_objects.item WHERE id > 700000 ORDER BY id;

UPDATE triggers_large_objects.item SET thumb = NULL WHERE id = 700005;

SELECT count(*), sum(oid::bigint) FROM pg_largeobject_metadata WHERE oid BETWEEN 700000 AND 730000;
