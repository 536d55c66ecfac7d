INSERT INTO keys_domain_and_enum.item (kind) VALUES ('odd one') RETURNING *;

-- refused 23505
INSERT INTO keys_domain_and_enum.item (kind) VALUES ('odd one');

-- refused 23514
INSERT INTO keys_domain_and_enum.item VALUES ('', 'small');

UPDATE keys_domain_and_enum.item SET kind = 'large' WHERE kind = 'small' AND amount > 40;

UPDATE keys_domain_and_enum.item SET code = code || 'x' WHERE amount < 10;

DELETE FROM keys_domain_and_enum.item WHERE kind < 'large' AND amount > 20;

-- refused 22P02
INSERT INTO keys_domain_and_enum.item VALUES ('z', 'tiny');

SELECT kind, count(*) FROM keys_domain_and_enum.item GROUP BY kind ORDER BY kind;
