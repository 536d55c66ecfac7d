INSERT INTO rights_none.item (id, note) VALUES (100, 'new');

-- refused 42501
INSERT INTO rights_none.item (id, n) VALUES (101, 1);

-- refused 42501
SELECT * FROM rights_none.item;

-- refused 42501
UPDATE rights_none.item SET note = 'x';

INSERT INTO rights_none.item (id) VALUES (101);
