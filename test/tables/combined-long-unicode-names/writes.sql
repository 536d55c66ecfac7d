INSERT INTO combined_long_unicode_names."Table ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語x" ("Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx2", "Parent ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語") VALUES (100, 3) RETURNING *;

-- refused 23505
INSERT INTO combined_long_unicode_names."Table ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語x" ("Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx2") VALUES (100);

-- refused 23514
UPDATE combined_long_unicode_names."Table ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語x" SET "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx2" = -2000 WHERE "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx1" = 5;

-- refused 23514
UPDATE combined_long_unicode_names."Table ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語x" SET "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx3" = 'never' WHERE "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx1" = 5;

BEGIN; SET CONSTRAINTS combined_long_unicode_names."Key ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü2" DEFERRED; UPDATE combined_long_unicode_names."Table ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語x" SET "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx2" = 8 WHERE "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx1" = 7; UPDATE combined_long_unicode_names."Table ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語x" SET "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx2" = 7 WHERE "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx1" = 8; COMMIT;

UPDATE combined_long_unicode_names."Table ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語x" SET "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx3" = 'nothing' WHERE "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx1" = 9;

UPDATE combined_long_unicode_names."Table ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語x" SET "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx2" = "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx2" + 500 WHERE "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx1" IN (13, 14);

-- refused 23503
INSERT INTO combined_long_unicode_names."Table ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語2" ("Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx2") VALUES (9999);

DELETE FROM combined_long_unicode_names."Table ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語x" WHERE "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx1" = 20;

UPDATE combined_long_unicode_names."View ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語x1" SET "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx3" = '語' WHERE "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx1" = 45;

INSERT INTO combined_long_unicode_names."Table ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語x" ("Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx2") VALUES (200) RETURNING "Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx1";

SELECT count(*), count("Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx2"), max("Column ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃xx3") FROM combined_long_unicode_names."View ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語ü☃語x2";
