import { expect, test } from 'vitest';
import { ROLES } from '../support/database.ts';
import { DependentsRun } from './dependents-run.ts';

const STATISTICS = /* sql */ `
  CREATE SCHEMA "Sta ts";
  CREATE STATISTICS public.all_kinds ON code, amount FROM public.item;
  CREATE STATISTICS "Sta ts"."One kind" (dependencies) ON owner_name, code FROM public.item;
  CREATE STATISTICS public.expressions (mcv, ndistinct) ON (amount % 3), (lower(code)), id FROM public.item;
  CREATE STATISTICS public.one_expression ON (amount % 7) FROM public.item;
  ALTER STATISTICS "Sta ts"."One kind" SET STATISTICS 77;
  ALTER STATISTICS public.expressions SET STATISTICS 0;
  COMMENT ON STATISTICS "Sta ts"."One kind" IS 'it''s one';
  GRANT CREATE, USAGE ON SCHEMA "Sta ts" TO ${ROLES.reader};
  ANALYZE public.item;`;

const FILLED = /* sql */ `
  SELECT s.stxname::text AS name
  FROM pg_statistic_ext AS s JOIN pg_statistic_ext_data AS d ON d.stxoid = s.oid
  WHERE s.stxrelid = 'public.item'::regclass ORDER BY 1`;

test('extended statistics follow the table, filled before the swap, to their own schemas, and back', async () => {
  const run = await DependentsRun.create(STATISTICS, {
    bySuperuser: `GRANT ${ROLES.reader} TO ${ROLES.owner}; ALTER STATISTICS "Sta ts"."One kind" OWNER TO ${ROLES.reader}`,
  });
  const before = await run.item.database.query(FILLED);
  await run.swap();
  expect(await run.item.database.query(FILLED)).toEqual(before);
  expect(before.length).toBeGreaterThan(2);
  await run.revert();
  expect(await run.item.database.query(FILLED)).toEqual(before);
  await run.item.database.query(`REVOKE ${ROLES.reader} FROM ${ROLES.owner}`);
});
