INSERT INTO keys_of_system_types.item VALUES ('new', 0, '0', '0/0', '(0,1)', '-$0.01', '08:00:2b:01:02:03', '1111', '', '24:00-15', true, 'new');

-- refused 23505
INSERT INTO keys_of_system_types.item VALUES ('new', 0, '0', '0/0', '(0,1)', (-0.01)::money, '08:00:2b:ff:fe:01:02:03', B'1111', B'', '24:00-15', true);

-- refused 23502
INSERT INTO keys_of_system_types.item (n, note) VALUES ('new', 'no key');

UPDATE keys_of_system_types.item SET m = m * 2, v = v || B'01', l = l + 1000 WHERE o::bigint % 4 = 0;

UPDATE keys_of_system_types.item SET z = z AT TIME ZONE INTERVAL '-05:00', a = macaddr8_set7bit(a) WHERE n = 'name 3' RETURNING z::text, a::text;

DELETE FROM keys_of_system_types.item WHERE t BETWEEN '(20,0)' AND '(25,0)';

UPDATE keys_of_system_types.item SET x = '9', b = ~ b WHERE n = 'new' RETURNING *;

SELECT count(*), max(l)::text, min(m)::text FROM keys_of_system_types.item;
