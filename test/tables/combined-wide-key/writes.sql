INSERT INTO combined_wide_key."The Item" VALUES (1, '', '00000000-0000-0000-0000-000000000000', '2024-01-01', 0, '', true, '::1', NULL);

-- refused 23505
INSERT INTO combined_wide_key."The Item" VALUES (1, '', '00000000-0000-0000-0000-000000000000', '2024-01-01', 0.00, '', true, '::1', 'again');

UPDATE combined_wide_key."The Item" SET f = f || '\x00' WHERE g;

UPDATE combined_wide_key."The Item" SET g = NOT g WHERE a = 2;

DELETE FROM combined_wide_key."The Item" WHERE h = '10.0.0.5';

UPDATE combined_wide_key."The Item" SET "Note" = 'changed' WHERE e > 15;
