INSERT INTO columns_row_type_of_others.item VALUES (100, ROW(1, NULL)) RETURNING *;

UPDATE columns_row_type_of_others.item SET was.b = 'changed', were = ARRAY[was] WHERE id < 9;

DELETE FROM columns_row_type_of_others.item WHERE (was).a = 11;

-- refused 23505
INSERT INTO columns_row_type_of_others.item VALUES (100);
