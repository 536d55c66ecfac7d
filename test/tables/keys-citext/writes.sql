INSERT INTO keys_citext.item VALUES ('NEW@example.org', '"a"=>"1", "b"=>NULL');

-- refused 23505
INSERT INTO keys_citext.item VALUES ('new@EXAMPLE.org', NULL);

UPDATE keys_citext.item SET mail = upper(mail::text)::public.citext WHERE mail::text LIKE 'Person1%';

UPDATE keys_citext.item SET mail = 'other@example.org' WHERE mail::text = 'NEW@example.org';

DELETE FROM keys_citext.item WHERE tags OPERATOR(public.@>) 'n=>7';

INSERT INTO keys_citext.item VALUES ('person8@example.org', NULL, 'again') ON CONFLICT (mail) DO UPDATE SET note = 'again' RETURNING mail;
