import { beforeAll, describe, expect, it } from 'vitest';
import { errorOf, ItemRun } from './item-run.ts';

const OLD = 'shadowstep_1_old.item';

let swapped: ItemRun;

beforeAll(async () => {
  swapped = await ItemRun.create();
  await swapped.through('SWAP');
});

const HANGERS: readonly (readonly [what: string, hang: string, takeAway: string])[] = [
  ['a view on the old table', `CREATE VIEW public.hanger AS SELECT * FROM ${OLD}`, 'DROP VIEW public.hanger'],
  [
    'a foreign key to the old table',
    `CREATE TABLE public.hanger (id bigint REFERENCES ${OLD})`,
    'DROP TABLE public.hanger',
  ],
  [
    'a function that takes rows of the old table',
    `CREATE FUNCTION public.hanger(${OLD}) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    `DROP FUNCTION public.hanger(${OLD})`,
  ],
  ['a table in our schema', 'CREATE TABLE shadowstep_1.hanger ()', 'DROP TABLE shadowstep_1.hanger'],
  ['a child of the old table', `CREATE TABLE public.hanger () INHERITS (${OLD})`, 'DROP TABLE public.hanger'],
];

describe('clean-up', () => {
  it.each(HANGERS)(
    'drops nothing by CASCADE: it names %s, and goes on once that is gone',
    async (_what, hang, takeAway) => {
      const run = await swapped.clone();
      await run.owner.query(hang);

      const error = await errorOf(run.drive());

      expect(error.name).toBe('DependentObjectsError');
      expect(error.message).toContain('hanger');
      expect(await run.database.query(`SELECT to_regclass('${OLD}') IS NOT NULL AS kept`)).toEqual([{ kept: true }]);
      await run.owner.query(`UPDATE public.item SET note = 'still served' WHERE id = 1`);

      await run.owner.query(takeAway);
      expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
      expect(await run.leftovers()).toEqual([]);
      expect(await run.rows()).toContain('(1,c1,"still served")');
    },
  );

  it('waits for who holds the table, and names it', async () => {
    const run = await swapped.clone();
    const holder = await run.database.appClient();
    await holder.query('BEGIN; SELECT FROM public.item');
    const [{ pid } = { pid: 0 }] = (await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
    const waits: string[] = [];
    await run.drive(
      {},
      {
        async onUnit(task, result) {
          if (task === 'CLEAN_UP' && result.status === 'wait') {
            waits.push(result.because);
            await holder.query('COMMIT');
          }
        },
      },
    );
    expect(waits).toEqual([expect.stringContaining(`pid ${pid}`)]);
    expect(await run.leftovers()).toEqual([]);
  });

  it('is what ends a run that keeps the old table, when it is asked for', async () => {
    const run = await ItemRun.create({ request: { keepOldTable: true } });
    expect((await run.drive()).at(-1)).toMatchObject({ status: 'stop', stage: 'CLEAN_UP' });
    expect(await run.rows(OLD)).toHaveLength(100);
    await run.drive({ action: 'clean-up' });
    expect(await run.leftovers()).toEqual([]);
    expect((await errorOf(run.drive({ action: 'revert' }))).name).toBe('NoSuchRunError');
  });

  it('before the swap is refused', async () => {
    const run = await ItemRun.create();
    await run.through('BACKFILL');
    expect((await errorOf(run.drive({ action: 'clean-up' }))).name).toBe('WrongStageError');
  });
});

describe('reset', () => {
  it('drops nothing by CASCADE: it names a view on the copy, and goes on once that is gone', async () => {
    const run = await ItemRun.create();
    await run.through('BACKFILL');
    await run.owner.query('CREATE VIEW public.hanger AS SELECT * FROM shadowstep_1.item');
    const error = await errorOf(run.drive({ action: 'reset' }));
    expect(error.name).toBe('DependentObjectsError');
    expect(error.message).toContain('hanger');
    await run.owner.query('DROP VIEW public.hanger');
    await run.drive({ action: 'reset' });
    expect(await run.leftovers()).toEqual([]);
  });
});
