SELECT count(*) FROM combined_empty_with_everything.item;

-- refused 23514
INSERT INTO combined_empty_with_everything.item (parent_id) VALUES (-1);

-- refused 23514
INSERT INTO combined_empty_with_everything.item (parent_id) VALUES (50);

DELETE FROM combined_empty_with_everything.item;

SELECT count(*) FROM combined_empty_with_everything.child;

-- refused 23503
INSERT INTO combined_empty_with_everything.child VALUES (1);
