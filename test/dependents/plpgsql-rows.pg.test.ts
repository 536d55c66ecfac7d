import type pg from 'pg';
import { expect, test } from 'vitest';
import { ROLES } from '../support/database.ts';
import { DependentsRun } from './dependents-run.ts';

/** PL/pgSQL that uses a variable of the table's row type as a whole: its session keeps the type's OID from its first call on. */
const FUNCTIONS = /* sql */ `
  CREATE FUNCTION public.as_json(which bigint) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
    DECLARE one public.item%ROWTYPE;
    BEGIN SELECT * INTO one FROM public.item WHERE id = which; RETURN to_jsonb(one) -> 'code'; END $$;
  CREATE FUNCTION public."In Caps"() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER COST 7 AS $$
    DECLARE many public.ITEM[];
    BEGIN SELECT array_agg(i) INTO many FROM public.ITEM AS i; RETURN cardinality(many); END $$;
  CREATE FUNCTION public.one(which bigint) RETURNS public.item LANGUAGE plpgsql STABLE AS $$
    DECLARE r public.item; BEGIN SELECT * INTO r FROM public.item WHERE id = which; RETURN r; END $$;
  CREATE FUNCTION public.of_one(which bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
    DECLARE r record; BEGIN r := public.one(which); RETURN to_jsonb(r) ->> 'code'; END $$;
  CREATE PROCEDURE public.shift(which bigint) LANGUAGE plpgsql AS $$
    DECLARE r public.item; q public.item;
    BEGIN SELECT * INTO r FROM public.item WHERE id = which; q := r; ASSERT q IS NOT NULL; END $$;
  CREATE FUNCTION public.unrelated() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';`;

const ANSWERS = { json: 'c1', count: 20, one: 'c1' };

async function answersOf(session: pg.Client): Promise<unknown> {
  await session.query('CALL public.shift(1)');
  const { rows } = await session.query(
    `SELECT public.as_json(1) AS json, public."In Caps"()::int AS count, public.of_one(1) AS one`,
  );
  return rows[0];
}

test.each(['revert', 'cleanUp'] as const)(
  'PL/pgSQL that keeps whole rows goes on in sessions that have called it before: swap and %s',
  async (end) => {
    const run = await DependentsRun.create(FUNCTIONS);
    const session = await run.item.database.appClient();
    expect(await answersOf(session)).toEqual(ANSWERS);
    await run.swap();
    expect(await answersOf(session)).toEqual(ANSWERS);
    await run[end]();
    expect(await answersOf(session)).toEqual(ANSWERS);
  },
);

test('functions of others are left, and named by the event of the swap', async () => {
  const run = await DependentsRun.create(FUNCTIONS, {
    bySuperuser: `ALTER FUNCTION public.as_json OWNER TO ${ROLES.reader}`,
  });
  await run.swap();
  const [event] = await run.item.database.query<{ detail: unknown }>(
    `SELECT detail FROM shadowstep.event WHERE kind = 'swapped'`,
  );
  expect(event?.detail).toEqual({
    lock: 'ACCESS EXCLUSIVE',
    functionsTouched: 3,
    functionsLeft: ['public.as_json(bigint)'],
  });
});

test('a function that somebody is changing at that moment is left, and holds nobody up', async () => {
  const run = await DependentsRun.create(FUNCTIONS);
  const other = await run.item.database.appClient('owner');
  await other.query(`BEGIN; ALTER FUNCTION public.as_json COST 3`);
  await run.swap();
  const session = await run.item.database.appClient();
  expect(await answersOf(session)).toEqual(ANSWERS);
  await other.query('COMMIT');
  await other.end();
});
