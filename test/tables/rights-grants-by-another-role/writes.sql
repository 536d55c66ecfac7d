INSERT INTO rights_grants_by_another_role.item (id, n) VALUES (100, 5);
