INSERT INTO dependents_views.checked (id, n) VALUES (100, 5);

-- refused 44000
INSERT INTO dependents_views.checked (id, n) VALUES (101, -5);

UPDATE dependents_views.over SET "Note" = 'through the trigger' WHERE "Note" = 'n20';

DELETE FROM dependents_views.barrier WHERE id = 30;

SELECT * FROM dependents_views.grouped ORDER BY id;

SELECT document FROM dependents_views.whole WHERE id < 5 ORDER BY id;

SELECT count(*), sum(depth) FROM dependents_views.steps;

SELECT * FROM dependents_views.windowed ORDER BY id;

SELECT count(*) FROM dependents_views.sampled;

SELECT * FROM dependents_views.united ORDER BY id;
