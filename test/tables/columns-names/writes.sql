INSERT INTO columns_names."a.b ""c"" $1 ON x" ("select") VALUES (100) RETURNING *;

-- refused 23505
INSERT INTO columns_names."a.b ""c"" $1 ON x" ("select") VALUES (100);

-- refused 23514
UPDATE columns_names."a.b ""c"" $1 ON x" SET "Ünïcødé ☃" = '' WHERE "select" = 3;

UPDATE columns_names."a.b ""c"" $1 ON x" SET "日本語" = 'a ON b' WHERE "with space" < 9;

DELETE FROM columns_names."a.b ""c"" $1 ON x" WHERE "select" = 20;

INSERT INTO columns_names."a.b ""c"" $1 ON x" ("select") VALUES (101) RETURNING "CamelCase";
