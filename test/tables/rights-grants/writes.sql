INSERT INTO rights_grants.item VALUES (100, 1, 'new');

UPDATE rights_grants.item SET note = 'x' WHERE id < 5;

-- refused 42501
TRUNCATE rights_grants.item;

DELETE FROM rights_grants.item WHERE id = 5;

-- refused 42501
SELECT * FROM rights_grants.hidden;

SELECT count(*) FROM rights_grants.item;
