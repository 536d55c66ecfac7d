INSERT INTO columns_array_type_taken.item VALUES (100, ROW(5)) RETURNING *;

UPDATE columns_array_type_taken.item SET was.a = 7 WHERE id < 5;

DELETE FROM columns_array_type_taken.item WHERE id = 9;

SELECT array_agg(i)::text FROM columns_array_type_taken.item AS i WHERE id < 3;
