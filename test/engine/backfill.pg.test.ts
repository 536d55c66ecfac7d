import { beforeAll, describe, expect, it } from 'vitest';
import type { Queryable } from '../../lambdas/engine/postgres/session.ts';
import { planBatches } from '../../lambdas/engine/registry/batches.ts';
import { pollUntil, untilWaitingForLock } from '../support/poll.ts';
import { CHANGE_LOG, COPY, errorOf, ItemRun, once } from './item-run.ts';

/** One row a block, so that four hundred of them make several batches. */
const WIDE = /* sql */ `
  CREATE TABLE public.item (id bigint PRIMARY KEY, code text, note text) WITH (fillfactor = 10);
  INSERT INTO public.item SELECT i, 'c' || i, repeat('n', 700) FROM generate_series(1, 400) AS i;`;

const COPYING = /^\s*INSERT INTO "shadowstep_1"."item"/;

let template: ItemRun;

beforeAll(async () => {
  template = await ItemRun.create({ table: WIDE });
  await template.through('SETUP');
});

/** Calls `work` after the first COMMIT that follows a copied batch, while others are still to come. */
function afterFirstBatch(work: () => Promise<unknown>) {
  let copied = false;
  let met = false;
  return {
    before() {},
    async after(text: string) {
      copied ||= COPYING.test(text);
      if (copied && !met && text === 'COMMIT') {
        met = true;
        await work();
      }
    },
  };
}

async function number(run: ItemRun, sql: string): Promise<number> {
  const [row] = await run.database.query<{ n: number }>(sql);
  return row?.n ?? Number.NaN;
}

describe('the backfill', () => {
  it('brings rows of a transaction that was open during SETUP, in blocks that it has added (I-2, fault e2)', async () => {
    const run = await ItemRun.create({ table: WIDE, request: { lockTimeoutMs: 900 } });
    await run.through('PRE_VALIDATION');
    const app = await run.database.appClient();
    const admin = await run.database.client();
    await app.query(`BEGIN; DELETE FROM public.item WHERE id = 1`);

    const setup = run.unit('SETUP', { driver: 'test:setup' });
    await untilWaitingForLock(admin, 'shadowstep/setup');
    await app.query(`INSERT INTO public.item SELECT i, 'open', repeat('n', 700) FROM generate_series(1001, 1100) AS i`);
    await app.query('COMMIT');

    // The lock timeout of the attempt may have run out first: nothing has happened then, and nobody is in the way now.
    if ((await setup).status === 'wait') await run.unit('SETUP', { driver: 'test:setup' });
    expect(await number(run, `SELECT count(*)::int AS n FROM ${CHANGE_LOG}`), 'the triggers saw none of it').toBe(0);
    await run.drive({ stopAfter: 'BACKFILL' }, { driver: 'test:setup' });
    expect(await run.rows(COPY)).toEqual(await run.rows());
    expect(await number(run, `SELECT count(*)::int AS n FROM ${COPY} WHERE code = 'open'`)).toBe(100);
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
  });

  it('leaves out what was changed since SETUP: the copy is a subset of one snapshot (I-3)', async () => {
    const run = await template.clone();
    const app = await run.database.appClient();
    const atSetup = await run.rows();
    await app.query(`
      UPDATE public.item SET code = 'changed' WHERE id IN (1, 200);
      UPDATE public.item SET id = 1002 WHERE id = 2;
      DELETE FROM public.item WHERE id = 3;
      INSERT INTO public.item VALUES (1003, 'new')`);
    await run.through('BACKFILL');
    const copied = await run.rows(COPY);
    expect(copied).toEqual(atSetup.filter((row) => !/^\((1|2|3|200),/.test(row)));
    const source = await run.rows();
    await run.drive();
    expect(await run.rows()).toEqual(source);
  });

  it('copies nothing stale for good when rows change while a batch is open (fault e)', async () => {
    const run = await template.clone();
    const [early, late] = [await run.database.appClient(), await run.database.appClient()];
    const copying = once('before', COPYING, async () => {
      await early.query(
        `BEGIN; UPDATE public.item SET code = 'early' WHERE id = 5; DELETE FROM public.item WHERE id = 6`,
      );
    });
    const copied = once('after', COPYING, async () => {
      await early.query('COMMIT');
      await late.query(
        `UPDATE public.item SET code = 'late' WHERE id = 7; UPDATE public.item SET id = 1008 WHERE id = 8`,
      );
    });
    const observer = {
      before: (text: string) => copying.before(text),
      after: (text: string) => copied.after(text),
    };
    await run.drive({ stopAfter: 'BACKFILL' }, { observer });
    expect(
      await number(
        run,
        `SELECT count(*)::int AS n FROM ${COPY} WHERE id IN (5, 6, 7, 8) AND code IN ('c5', 'c6', 'c7', 'c8')`,
      ),
      'the batch took the rows as they were, and their keys are in the log',
    ).toBe(4);
    const source = await run.rows();
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toEqual(source);
  });

  it('counts a batch in the transaction that copies it: one that dies before its COMMIT is copied again, once (I-5)', async () => {
    const run = await template.clone();
    const observer = once('after', COPYING, () =>
      run.database.query(
        `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'shadowstep/backfill'`,
      ),
    );
    await run.drive({ stopAfter: 'BACKFILL' }, { observer });
    expect(await run.rows(COPY)).toEqual(await run.rows());
    expect(await number(run, 'SELECT sum(rows_copied)::int AS n FROM shadowstep.batch')).toBe(400);
  });

  it('by a twin does nothing after the stage has moved (I-12)', async () => {
    const run = await template.clone();
    let wake = () => {};
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    let begun = false;
    const late = {
      async before(text: string) {
        if (text.startsWith('BEGIN') && text.includes('synchronous_commit = off')) {
          begun = true;
          await asleep;
        }
      },
      after() {},
    };
    const twin = run.unit('BACKFILL', { driver: 'test:same', observer: late });
    await pollUntil('the twin to come to its first batch', () => begun);
    expect(await run.unit('BACKFILL', { driver: 'test:same' })).toMatchObject({
      status: 'done',
      stage: 'SYNC_SCHEMAS',
    });
    wake();
    expect(await twin).toMatchObject({ status: 'more' });
    expect(await run.rows(COPY)).toEqual(await run.rows());
  });

  it('by several workers at once copies each block once', async () => {
    const run = await ItemRun.create({ table: WIDE, request: { workers: 4 } });
    await run.through('BACKFILL');
    expect(await number(run, 'SELECT count(*)::int AS n FROM shadowstep.batch')).toBeGreaterThan(1);
    expect(await run.rows(COPY)).toEqual(await run.rows());
  });

  it('of an empty table has nothing to do', async () => {
    const run = await ItemRun.create({ table: 'CREATE TABLE public.item (id bigint PRIMARY KEY, note text)' });
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toEqual([]);
  });
});

describe('a source that is rewritten meanwhile', () => {
  it.each([
    ['VACUUM FULL', 'VACUUM FULL public.item'],
    ['CLUSTER', 'CLUSTER public.item USING item_pkey'],
  ])('by %s stops the run, and a reset lets it start again', async (_what, rewrite) => {
    const run = await template.clone();
    const observer = afterFirstBatch(() => run.owner.query(rewrite));
    const error = await errorOf(run.drive({}, { observer }));
    expect(error.name).toBe('SourceRewrittenError');
    expect((await errorOf(run.drive())).name).toBe('SourceRewrittenError');
    await run.drive({ action: 'reset' });
    expect(await run.leftovers()).toEqual([]);
    const source = await run.rows();
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toEqual(source);
  });

  it('after its last block was copied is no trouble: positions are not needed any more', async () => {
    const run = await template.clone();
    await run.through('BACKFILL');
    await run.owner.query('VACUUM FULL public.item');
    const source = await run.rows();
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toEqual(source);
  });
});

describe('the plan of the batches', () => {
  it('goes by blocks, whatever the ids: a thousand rows up to 10^12 make a few (fault j)', async () => {
    const run = await ItemRun.create({
      table: /* sql */ `
        CREATE TABLE public.item (id bigint PRIMARY KEY, note text);
        INSERT INTO public.item SELECT i * 1000000000, 'n' FROM generate_series(1::bigint, 1000) AS i;`,
    });
    await run.through('BACKFILL');
    expect(await number(run, 'SELECT count(*)::int AS n FROM shadowstep.batch')).toBe(1);
    expect(await run.rows(COPY)).toEqual(await run.rows());
  });

  const KIB_64 = 65_536n;
  const SIZES: readonly (readonly [name: string, blocks: bigint, most: number])[] = [
    ['an empty table', 0n, 0],
    ['a block', 1n, 1],
    ['1 GiB', 131_072n, 64],
    ['600 GiB', 1_200n * KIB_64, 10_000],
    ['1 TiB', 2_048n * KIB_64, 10_000],
    ['32 TiB, the most a table can have', 4_294_967_294n, 10_000],
  ];

  it.each(SIZES)('for %s has no gap, no overlap and at most so many rows', async (_name, blocks, most) => {
    const run = await template.clone();
    const session = await run.session('plan');
    await session.execute('DELETE FROM shadowstep.batch');
    await planBatches(pretending(session, blocks), 1n, await run.oid(), 2);
    const [plan] = await session.query<{
      rows: bigint;
      covered: bigint;
      first: bigint;
      last: bigint;
      joined: boolean;
    }>(`
      SELECT count(*) AS rows, COALESCE(sum(b.end_block - b.first_block), 0)::bigint AS covered,
             COALESCE(min(b.first_block), 0) AS first, COALESCE(max(b.end_block), 0) AS last,
             COALESCE(bool_and(b.first_block = b.previous_end OR b.previous_end IS NULL), true) AS joined
      FROM (SELECT *, lag(end_block) OVER (ORDER BY batch_no) AS previous_end FROM shadowstep.batch) AS b`);
    expect(plan).toMatchObject({ covered: blocks, first: 0n, last: blocks, joined: true });
    expect(Number(plan?.rows)).toBeLessThanOrEqual(most);
    await run.endSessions();
  });

  /** The real statement, but for the one expression that reads the table's size: nobody has 32 TiB to try it on. */
  function pretending(session: Queryable, blocks: bigint): Queryable {
    const size = `pg_catalog.pg_relation_size($2::pg_catalog.oid::pg_catalog.regclass, 'main')`;
    const pretended = `CASE WHEN $2::pg_catalog.oid > 0 THEN ${blocks} * pg_catalog.current_setting('block_size')::pg_catalog.int8 END`;
    return {
      query: (text, values) => {
        expect(text.split(size)).toHaveLength(2);
        return session.query(text.replace(size, pretended), values);
      },
      execute: (text, values) => session.execute(text, values),
    };
  }
});
