SELECT total FROM dependents_functions.totals;

CALL dependents_functions.forget(10);

SELECT dependents_functions.title(i) FROM dependents_functions.item AS i WHERE id < 4 ORDER BY id;

SELECT id FROM dependents_functions.below() ORDER BY id;

SELECT dependents_functions.several(VARIADIC ARRAY(SELECT i FROM dependents_functions.item AS i));

INSERT INTO dependents_functions.item (id, n, note) VALUES (100, 1, 'new');

SELECT dependents_functions.title(i) FROM dependents_functions.item AS i WHERE id = 100;
