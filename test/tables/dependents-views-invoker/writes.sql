UPDATE dependents_views_invoker.even SET note = 'through the view' WHERE id < 20;

-- refused 44000
INSERT INTO dependents_views_invoker.even VALUES (101, 'odd', 'not here');

INSERT INTO dependents_views_invoker.even VALUES (102, 'even', 'here');

DELETE FROM dependents_views_invoker.as_invoker WHERE id = 7;

-- refused 44000
UPDATE dependents_views_invoker.even SET kind = 'odd' WHERE id = 4;
