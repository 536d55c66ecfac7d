INSERT INTO columns_array_type_of_a_long_name.a_name_of_sixty_three_bytes_that_ends_in_another_letter_each_t2 VALUES (100, 'new');

INSERT INTO columns_array_type_of_a_long_name.a_name_of_sixty_three_bytes_that_ends_in_another_letter_each_t1 VALUES (100, 'new');

-- refused 23505
INSERT INTO columns_array_type_of_a_long_name.a_name_of_sixty_three_bytes_that_ends_in_another_letter_each_t2 VALUES (101, 'new');

UPDATE columns_array_type_of_a_long_name.a_name_of_sixty_three_bytes_that_ends_in_another_letter_each_t2 SET note = note || 'x' WHERE id < 9;

DELETE FROM columns_array_type_of_a_long_name.a_name_of_sixty_three_bytes_that_ends_in_another_letter_each_t2 WHERE id = 12;
