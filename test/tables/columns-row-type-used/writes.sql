INSERT INTO columns_row_type_used.item VALUES (100, 'new');

UPDATE columns_row_type_used.item SET note = 'm' WHERE id = 3;
