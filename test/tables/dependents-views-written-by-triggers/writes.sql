INSERT INTO dependents_views_written_by_triggers.labelled (id, n, words) VALUES (100, 100, 'new') RETURNING *;

-- refused 23505
INSERT INTO dependents_views_written_by_triggers.labelled (id, n) VALUES (100, 1);

UPDATE dependents_views_written_by_triggers.labelled SET words = 'changed', n = n + 1 WHERE id < 8;

UPDATE dependents_views_written_by_triggers.high SET words = 'high', twice = twice + 10 WHERE twice > 110 RETURNING *;

DELETE FROM dependents_views_written_by_triggers.labelled WHERE n BETWEEN 20 AND 25 RETURNING id, words;

UPDATE dependents_views_written_by_triggers.labelled SET id = id + 500 WHERE words = 'new (put)';

-- To the view below, whose trigger it is.
DELETE FROM dependents_views_written_by_triggers.high WHERE id = 50;

DELETE FROM dependents_views_written_by_triggers.item WHERE id = 41;

INSERT INTO dependents_views_written_by_triggers.labelled SELECT id + 1000, kind, n FROM dependents_views_written_by_triggers.labelled WHERE n < 4;

SELECT what FROM dependents_views_written_by_triggers.seen ORDER BY seq;
