INSERT INTO constraints_exclusion_unequal.item VALUES (100, 1, 'kind 1', NULL, NULL), (101, 20, 'other', '[1000,1010)', NULL);

-- refused 23P01
INSERT INTO constraints_exclusion_unequal.item VALUES (102, 1, 'other', NULL, NULL);

-- refused 23P01
UPDATE constraints_exclusion_unequal.item SET animal = 'changed' WHERE cage = 5;

-- All of a cage at once, by way of an empty one.
DELETE FROM constraints_exclusion_unequal.item WHERE cage = 5; INSERT INTO constraints_exclusion_unequal.item SELECT i, 5, 'changed', int4range(i * 4, i * 4 + 3), NULL FROM generate_series(5, 53, 12) AS i;

-- refused 23P01
INSERT INTO constraints_exclusion_unequal.item VALUES (103, 30, 'x', '[1010,1011)', NULL);

UPDATE constraints_exclusion_unequal.item SET spot = box(point(-id, 0), point(1 - id, 1)) WHERE id BETWEEN 20 AND 30;

UPDATE constraints_exclusion_unequal.item SET cage = cage + 100 WHERE animal = 'kind 2';

-- Two exchange their spots.
UPDATE constraints_exclusion_unequal.item AS i SET spot = (SELECT o.spot FROM constraints_exclusion_unequal.item AS o WHERE o.id = 81 - i.id) WHERE id IN (40, 41);

-- refused 23P01
UPDATE constraints_exclusion_unequal.item SET spot = (SELECT o.spot FROM constraints_exclusion_unequal.item AS o WHERE o.id = 44) WHERE id = 43;

DELETE FROM constraints_exclusion_unequal.item WHERE id % 9 = 0;

INSERT INTO constraints_exclusion_unequal.item VALUES (104, 102, 'kind 2', '[36,39)', NULL);
