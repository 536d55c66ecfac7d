import { beforeAll, describe, expect, it } from 'vitest';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import type { StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import { errorOf } from '../engine/item-run.ts';
import { SMALL_WHOLE } from './shapes.ts';
import { setupWhole, type WholeRun } from './whole-run.ts';

const PARTITIONS = 12;

let template: WholeRun;

beforeAll(async () => {
  template = await setupWhole({
    ...SMALL_WHOLE,
    places: [['2024-05-05', 'eu']],
    ddl: /* sql */ `
      CREATE TABLE public.sales (id bigint NOT NULL, at date NOT NULL, region text, note text CHECK (length(note) < 100),
        PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
      DO $$ BEGIN
        FOR i IN 1..${PARTITIONS} LOOP
          EXECUTE format('CREATE TABLE public.sales_%s PARTITION OF public.sales FOR VALUES FROM (%L) TO (%L)',
            i, date '2024-01-01' + i * 30 - 30, date '2024-01-01' + i * 30);
        END LOOP;
      END $$;`,
  });
});

async function wholes(run: WholeRun): Promise<unknown> {
  const [row] = await run.database.query(`SELECT to_regclass('shadowstep.whole')::text AS registry`);
  return row;
}

describe('PRE_VALIDATION of many partitions', () => {
  it('stops when its time is up, with the number left and nothing changed, instead of being begun again and again', async () => {
    const run = await template.clone();
    let checked = 0;
    const remainingMs = () => (checked < 5 ? 60_000 : 0);
    const observer: StatementObserver = {
      before() {},
      after(text) {
        if (text.includes('"denseHeapBytes"')) checked += 1;
      },
    };
    const error = await errorOf(run.go({}, { observer, remainingMs }));
    expect(error.name).toBe('RefusedError');
    // The first of the five was the root.
    expect(error.message).toMatch(
      /ChecksOutOfTime: The time ran out.* before 8 of the 12 partitions of public\.sales were checked/,
    );
    expect(await wholes(run)).toEqual({ registry: null });
    expect(await run.leftovers()).toEqual([]);
    await run.go({ stopAfter: 'PRE_VALIDATION' });
  });

  it('asks few things of each', async () => {
    const run = await template.clone();
    const asked = new Map<string, number>();
    const observer: StatementObserver = {
      before() {},
      after(text) {
        asked.set(text, (asked.get(text) ?? 0) + 1);
      },
    };
    await run.go({ stopAfter: 'PRE_VALIDATION' }, { observer });
    const ofEach = [...asked.values()].filter((times) => times >= PARTITIONS);
    // The block that tries the bound comes to these, with another text for each.
    expect(ofEach.length).toBeLessThanOrEqual(10);
  });

  it('plans a question once that comes again, and leaves the session as it was', async () => {
    const run = await template.clone();
    const session = await openPostgresSession({ connectionString: run.database.urlOf('owner') }, { purpose: 'test' });
    try {
      const ask = (what: string, oid: number) =>
        session.query(/* sql */ `SELECT relname AS ${what} FROM pg_class WHERE oid = $1::oid`, [oid]);
      const planned = await session.planningOnce(async () => {
        await ask('once', 1259);
        for (const oid of [1259, 1247, 1249, 1255]) await ask('again', oid);
        return session.query(/* sql */ `
          SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%relname AS%'`);
      });
      expect(planned).toEqual([{ statement: expect.stringContaining('again'), generic_plans: 3n, custom_plans: 0n }]);
      await expect(session.planningOnce(() => session.query('SELECT no_such_column'))).rejects.toThrow('42703');
      await session.planningOnce(() => ask('again', 1259));
      expect(await session.query('SHOW plan_cache_mode')).toEqual([{ plan_cache_mode: 'auto' }]);
    } finally {
      await session.end();
    }
  });
});
