import { expect, test } from 'vitest';
import { ROLES } from '../support/database.ts';
import { DependentsRun } from './dependents-run.ts';

const FUNCTIONS = /* sql */ `
  CREATE FUNCTION public.total() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT sum(amount) FROM public.item; END;
  COMMENT ON FUNCTION public.total() IS 'of all';
  REVOKE ALL ON FUNCTION public.total() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION public.total() TO ${ROLES.app} WITH GRANT OPTION;
  CREATE VIEW public.totals AS SELECT public.total() AS total;
  GRANT SELECT ON public.totals TO ${ROLES.app};
  CREATE PROCEDURE public.forget(which bigint) LANGUAGE sql BEGIN ATOMIC DELETE FROM public.item WHERE id = which; END;
  CREATE FUNCTION public.defaulted(n bigint DEFAULT (NULL::public.item).id) RETURNS bigint LANGUAGE sql AS 'SELECT n';
  CREATE FUNCTION public.title(one public.item, "Sep" text DEFAULT ' of ') RETURNS text LANGUAGE sql STABLE
    AS 'SELECT one.code || "Sep" || one.owner_name';
  CREATE FUNCTION public.cheap(below integer) RETURNS SETOF public.item LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = public ROWS 7 AS 'BEGIN RETURN QUERY SELECT * FROM item WHERE amount < below; END';
  CREATE FUNCTION public.several(VARIADIC many public.item[]) RETURNS integer LANGUAGE sql AS 'SELECT cardinality(many)';
  CREATE PROCEDURE public.take(INOUT one public.item) LANGUAGE plpgsql AS 'BEGIN one.amount := 0; END';
  COMMENT ON FUNCTION public.title IS 'a title';
  REVOKE ALL ON FUNCTION public.cheap FROM PUBLIC, ${ROLES.owner};
  GRANT EXECUTE ON FUNCTION public.cheap TO ${ROLES.app} WITH GRANT OPTION;
  ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO ${ROLES.reader};`;

test('functions with an SQL-standard body or of the row type work on the table in place, and back again', async () => {
  const run = await DependentsRun.create(FUNCTIONS);
  const call = async () => {
    const app = await run.item.database.appClient();
    const { rows } = await app.query(`SELECT (SELECT total::int FROM public.totals),
      (SELECT string_agg(public.title(i), ',' ORDER BY i.id) FROM public.item AS i WHERE i.id IN (1, 41)) AS titles,
      (SELECT count(*)::int FROM public.cheap(3)), public.several(VARIADIC ARRAY(SELECT i FROM public.item AS i)) AS several`);
    await app.end();
    return rows[0];
  };
  expect(await call()).toEqual({ total: 210, titles: 'c1 of app', count: 2, several: 20 });
  await run.swap();
  await run.item.owner.query(`INSERT INTO public.item VALUES (41, 'c41', 'app', 2); CALL public.forget(2)`);
  expect(await call()).toEqual({ total: 210, titles: 'c1 of app,c41 of app', count: 2, several: 20 });
  await run.revert();
  await run.item.owner.query('CALL public.forget(1)');
  expect(await call()).toEqual({ total: 209, titles: 'c41 of app', count: 1, several: 19 });
});
