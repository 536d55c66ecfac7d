-- Two tables whose 63-byte names differ at the end only, so that their array types do not get the names one would think.
CREATE SCHEMA columns_array_type_of_a_long_name;
CREATE TABLE columns_array_type_of_a_long_name.a_name_of_sixty_three_bytes_that_ends_in_another_letter_each_t1 (id integer PRIMARY KEY, note text UNIQUE);
CREATE TABLE columns_array_type_of_a_long_name.a_name_of_sixty_three_bytes_that_ends_in_another_letter_each_t2 (id integer PRIMARY KEY, note text UNIQUE);
INSERT INTO columns_array_type_of_a_long_name.a_name_of_sixty_three_bytes_that_ends_in_another_letter_each_t2 SELECT i, 'n' || i FROM generate_series(1, 30) AS i;
GRANT USAGE ON SCHEMA columns_array_type_of_a_long_name TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA columns_array_type_of_a_long_name TO shadowstep_test_app;
