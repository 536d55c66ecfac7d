import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isRetryable, type RefusedError } from '../../lambdas/engine/errors.ts';
import type { StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import { TASKS, type TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import { errorOf } from '../engine/item-run.ts';
import { dumpCatalog } from '../support/catalog-dump.ts';
import { pollUntil } from '../support/poll.ts';
import { ReplicatedItem } from './replicated-item.ts';

let item: ReplicatedItem;
let definition: string;

beforeAll(async () => {
  item = await ReplicatedItem.start();
  await item.fill();
  definition = await item.asRole('superuser', (client) => dumpCatalog(client));
  await item.addStandby();
});

beforeEach(() => item.fill());

afterAll(() => item.stop());

/** Whatever was lost, the table is the application's; nothing of ours is left, and the definition is what it was. */
async function expectWhole(results: readonly UnitResult[]): Promise<void> {
  expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
  expect(await item.differences()).toEqual([]);
  expect(await item.leftovers()).toEqual([]);
  expect(await item.asRole('superuser', (client) => dumpCatalog(client))).toBe(definition);
  expect(await item.query('SELECT FROM shadowstep.run WHERE finished_at IS NULL')).toEqual([]);
}

/** A moment of a run at which something happens to the servers. */
interface Incident {
  readonly name: string;
  readonly moment: 'before' | 'after';
  readonly statement: RegExp;
  /** Which of the statements that match, counted from the incident before. Default 1. */
  readonly nth?: number;
  happens(): Promise<unknown>;
}

/** Lets the incidents happen one after the other, each once; what they do is awaited by the session that meets them. */
function incidents(list: readonly Incident[]): StatementObserver & { readonly left: string[] } {
  const left = [...list];
  let met = 0;
  let happening: Promise<unknown> = Promise.resolve();
  const look = (moment: Incident['moment']) => async (text: string) => {
    // While the servers change, a unit may fail by another of its connections, and be repeated: not into the next incident.
    await happening;
    const [next] = left;
    if (next?.moment !== moment || !next.statement.test(text)) return;
    met += 1;
    if (met < (next.nth ?? 1)) return;
    met = 0;
    left.shift();
    happening = next.happens();
    await happening;
  };
  return {
    before: look('before'),
    after: look('after'),
    get left() {
      return left.map((incident) => incident.name);
    },
  };
}

/** One change of the application in each stage. */
function changeInEachStage(): (task: TaskName) => Promise<void> {
  const seen = new Set<TaskName>();
  return async (task) => {
    if (!seen.has(task)) await item.change();
    seen.add(task);
  };
}

/** The registry's newest run, on whichever server is the primary. */
async function run() {
  const [row] = await item.query<{ stage: string; copied: number; in_place: string | null }>(/* sql */ `
    SELECT r.stage, (SELECT sum(b.rows_copied)::int FROM shadowstep.batch AS b WHERE b.run_id = r.run_id) AS copied,
           CASE 'public.item'::regclass WHEN r.source_oid THEN 'old' WHEN r.copy_oid THEN 'new' END AS in_place
    FROM shadowstep.run AS r ORDER BY r.run_id DESC LIMIT 1`);
  if (row === undefined) throw new Error('There is no run');
  return row;
}

const BATCH = /^\s*INSERT INTO "shadowstep_\d+"."item" /;
const MARKED = /^\s*UPDATE shadowstep.batch /;
/** The first statement of the transaction that ends BACKFILL, and no other stage's. */
const STAGE_MOVES = /^\s*SELECT COALESCE\(pg_catalog.sum\(rows_copied\)/;
const INDEX = /^DO '[\s\S]*CREATE (UNIQUE )?INDEX/;
const DRAIN = /^\s*SELECT \* FROM "shadowstep_\d+"."shadowstep_change_log_drain"/;
const EXCHANGE = /^SET LOCAL[\s\S]*DO '[\s\S]*SET SCHEMA/;
const DROP_OLD = /^\s*DROP TABLE IF EXISTS "shadowstep_\d+_old"/;

describe('a unit that meets a standby', () => {
  const state = () =>
    item.query(/* sql */ `
      SELECT r::text, (SELECT array_agg(b::text ORDER BY b.batch_no) FROM shadowstep.batch AS b WHERE b.run_id = r.run_id)
      FROM shadowstep.run AS r`);

  it('of any task says so with an error of its own, which is retried, and changes nothing', async () => {
    await item.drive({ stopAfter: 'SETUP' });
    await item.untilReplayed();
    const before = await state();
    for (const task of TASKS.filter((task) => task !== 'REQUEST')) {
      const action = task === 'RESET' ? 'reset' : task === 'REVERT' ? 'revert' : 'repack';
      const error = await errorOf(item.unit(task, { request: { action }, at: () => item.standbyUrl }));
      expect([task, error.name, isRetryable(error)]).toEqual([task, 'ReadOnlyServerError', true]);
    }
    expect(await state()).toEqual(before);
    await item.drive({ action: 'reset' });
  });

  it('with one of its connections only says the same', async () => {
    const request = { workers: 2 };
    const toStandby = async (task: TaskName, purpose: string) => {
      const at = (asked: string) => (asked.endsWith(purpose) ? item.standbyUrl : item.url());
      return errorOf(item.unit(task, { request, at }));
    };
    await item.drive({ ...request, stopAfter: 'SETUP' });
    expect((await toStandby('BACKFILL', '/backfill')).name).toBe('ReadOnlyServerError');
    await item.drive({ ...request, stopAfter: 'BACKFILL' }, { driver: 'test:unit' });
    expect((await toStandby('SYNC_SCHEMAS', '/vacuum')).name).toBe('ReadOnlyServerError');
    expect((await toStandby('SYNC_SCHEMAS', '/statements')).name).toBe('ReadOnlyServerError');
    await expectWhole(await item.drive(request, { driver: 'test:unit' }));
  });

  it('is refused in PRE_VALIDATION where there is no run', async () => {
    await item.untilReplayed();
    const error = await errorOf(item.unit('PRE_VALIDATION', { at: () => item.standbyUrl }));
    expect(error.name).toBe('RefusedError');
    expect((error as RefusedError).refusals.map(({ code }) => code)).toEqual(['ReadOnlyServer']);
  });
});

describe('a synchronous standby that does not answer', () => {
  /** True once a session of ours has waited for the standby while it held a lock on the table that others wait for. */
  async function waitsUnderLock(client: pg.ClientBase): Promise<boolean> {
    const { rows } = await client.query(/* sql */ `
      SELECT FROM pg_stat_activity AS a JOIN pg_locks AS l ON l.pid = a.pid
      WHERE starts_with(a.application_name, 'shadowstep') AND a.wait_event = 'SyncRep' AND l.granted
        AND l.relation = 'public.item'::regclass AND l.mode IN ('AccessExclusiveLock', 'ShareRowExclusiveLock')`);
    return rows.length > 0;
  }

  it('is not waited for under a strong lock', async () => {
    await item.addStandby({ synchronous: true });
    const seen: string[] = [];
    const met: string[] = [];
    let watching: Promise<void> = Promise.resolve();
    let done = false;
    const look = async (name: string) => {
      await item.asRole('superuser', async (client) => {
        await pollUntil('the statement to end, or to wait for the standby', async () => {
          if (await waitsUnderLock(client)) seen.push(name);
          return done || seen.length > 0;
        });
      });
      item.mendReplication();
    };
    const strongLock = (text: string) =>
      [/IN SHARE ROW EXCLUSIVE MODE/, EXCHANGE, /IN ACCESS EXCLUSIVE MODE[\s\S]*DROP/].findIndex(
        (statement) => /^SET LOCAL/.test(text) && statement.test(text),
      );
    const observer: StatementObserver = {
      async before(text) {
        const which = ['SETUP', 'SWAP', 'CLEAN_UP'][strongLock(text)];
        if (which === undefined) return;
        met.push(which);
        done = false;
        await item.cutReplication();
        watching = look(which);
      },
      async after(text) {
        if (strongLock(text) < 0) return;
        done = true;
        await watching;
        await item.untilStreaming(true);
      },
    };
    const results = await item.drive({}, { observer, onUnit: changeInEachStage() }).finally(async () => {
      await item.onPrimary('ALTER SYSTEM RESET synchronous_standby_names');
      await item.onPrimary('SELECT pg_reload_conf()');
    });
    expect(met).toEqual(['SETUP', 'SWAP', 'CLEAN_UP']);
    expect(seen).toEqual([]);
    await expectWhole(results);
  }, 120_000);
});

describe('failover', () => {
  it('to a standby that lacks the last commits: what was lost is done again, from where the standby was', async () => {
    const lost: Awaited<ReturnType<typeof run>>[][] = [];
    const cut = async () => {
      // A batch's COMMIT leaves the flushing to others: the application's does it.
      await item.change();
      await item.untilReplayed();
      await item.cutReplication();
    };
    const failOver = async () => {
      const before = await run();
      await item.change();
      await item.failOver();
      lost.push([before, await run()]);
      await item.addStandby();
    };
    const observer = incidents([
      { name: 'cut in BACKFILL', moment: 'before', statement: BATCH, nth: 2, happens: cut },
      { name: 'batches lost', moment: 'before', statement: STAGE_MOVES, happens: failOver },
      { name: 'cut in BACKFILL again', moment: 'before', statement: BATCH, happens: cut },
      { name: 'stages lost', moment: 'before', statement: DRAIN, happens: failOver },
      { name: 'cut in SWAP', moment: 'before', statement: EXCHANGE, happens: cut },
      { name: 'swap lost', moment: 'before', statement: DROP_OLD, happens: failOver },
    ]);
    const results = await item.drive({}, { observer, onUnit: changeInEachStage() });
    expect(observer.left).toEqual([]);
    expect(lost).toMatchObject([
      [{ stage: 'BACKFILL' }, { stage: 'BACKFILL' }],
      [{ stage: 'POST_SYNC_UPDATE' }, { stage: 'BACKFILL' }],
      [
        { stage: 'CLEAN_UP', in_place: 'new' },
        { stage: 'SWAP', in_place: 'old' },
      ],
    ]);
    const [before, after] = lost[0] ?? [];
    expect(after?.copied).toBeGreaterThan(0);
    expect(after?.copied).toBeLessThan(before?.copied ?? 0);
    expect(results.filter(({ status }) => status === 'restart')).toHaveLength(2);
    await expectWhole(results);
  }, 300_000);

  it.each([
    {
      name: 'in a batch, at an index build, before the swap',
      points: [
        { name: 'a batch is not committed', moment: 'after', statement: MARKED, nth: 2 },
        { name: 'an index build is being sent', moment: 'before', statement: INDEX, nth: 2 },
        { name: 'the tables are about to change places', moment: 'before', statement: EXCHANGE },
      ],
    },
    {
      name: 'between batches, in a drain, after the swap, in the clean-up',
      points: [
        { name: 'a batch is committed', moment: 'before', statement: BATCH, nth: 3 },
        { name: 'a drain is not committed', moment: 'after', statement: DRAIN },
        { name: 'the tables have changed places', moment: 'after', statement: EXCHANGE },
        { name: 'the old table is dropped and not committed', moment: 'after', statement: DROP_OLD },
      ],
    },
  ] as const)(
    'to a synchronous standby: the run goes on there, $name',
    async ({ points }) => {
      await item.addStandby({ synchronous: true });
      const observer = incidents(
        points.map((point, index) => ({
          ...point,
          async happens() {
            // Flushes whatever was committed without waiting, half of a batch for one.
            await item.change();
            await item.failOver();
            await item.change();
            if (index + 1 < points.length) await item.addStandby({ synchronous: true });
          },
        })),
      );
      const results = await item.drive({}, { observer, onUnit: changeInEachStage() });
      expect(observer.left).toEqual([]);
      expect(results.filter(({ status }) => status === 'restart')).toEqual([]);
      await expectWhole(results);
    },
    300_000,
  );
});
