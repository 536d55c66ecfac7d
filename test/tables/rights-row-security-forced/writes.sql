INSERT INTO rights_row_security_forced.item (id, n) VALUES (100, 5);
