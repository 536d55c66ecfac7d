import { beforeAll, describe, expect, it } from 'vitest';
import { reportRun } from '../../lambdas/engine/registry/report.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import { ItemRun, once } from '../engine/item-run.ts';
import { pidOf, untilOlderThanAMoment } from '../locks/holders.ts';
import { untilWaitingForLock } from '../support/poll.ts';

let template: ItemRun;

beforeAll(async () => {
  template = await ItemRun.create();
  await template.through('POST_SYNC_UPDATE');
});

/** The exchange: the block, and COMMIT in the same round trip. */
const EXCHANGE = /^SET LOCAL statement_timeout[\s\S]*COMMIT$/;

/** Drives to the end; at each wait of SWAP, `atWait` may take out of the way what is waited for. */
async function driveThroughWaits(run: ItemRun, atWait: (result: UnitResult, waits: number) => Promise<unknown>) {
  const waits: string[] = [];
  const results = await run.drive(
    {},
    {
      async onUnit(task, result) {
        if (task === 'SWAP' && result.status === 'wait') {
          waits.push(result.because);
          await atWait(result, waits.length);
        }
      },
    },
  );
  return { waits, results };
}

describe('the swap and snapshots from before the last drain', () => {
  it.each(['REPEATABLE READ', 'SERIALIZABLE'])(
    'waits for a %s transaction from before the run that has never touched the table, and names it (fault n7)',
    async (isolation) => {
      const run = await ItemRun.create();
      const reader = await run.database.appClient();
      await reader.query(`BEGIN ISOLATION LEVEL ${isolation}`);
      await reader.query('SELECT 1');
      const oid = await run.oid();
      const pid = await pidOf(reader);

      const { waits, results } = await driveThroughWaits(run, async (_result, times) => {
        expect(await run.oid(), 'nothing is swapped while it is open').toBe(oid);
        expect((await reader.query('SELECT FROM public.item')).rows).toHaveLength(100);
        if (times === 1) await reader.query('COMMIT');
      });

      expect(waits).toHaveLength(1);
      expect(waits[0]).toMatch(new RegExp(`^pid ${pid} .*reads in a snapshot from before the last drain`));
      expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
    },
  );

  it('is not held up by a READ COMMITTED transaction that idles', async () => {
    const run = await ItemRun.create();
    const idle = await run.database.appClient();
    await idle.query('BEGIN');
    await idle.query('SELECT 1');
    const { waits, results } = await driveThroughWaits(run, async () => {});
    expect(waits).toEqual([]);
    expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
    expect((await idle.query('SELECT FROM public.item')).rows).toHaveLength(100);
  });

  it('is not held up by REPEATABLE READ transactions that begin after the last drain, however they overlap', async () => {
    const run = await template.clone();
    const [old, young] = [await run.database.appClient(), await run.database.appClient()];
    // A row of its own makes the log non-empty, so that the older snapshot is older than a drain.
    await old.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await old.query('SELECT 1');
    await run.owner.query(`UPDATE public.item SET note = 'x' WHERE id = 1`);
    const { waits, results } = await driveThroughWaits(run, async (_result, times) => {
      if (times === 1) {
        await young.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
        await young.query('SELECT 1');
        await old.query('COMMIT');
      }
    });
    expect(waits).toHaveLength(1);
    expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
    expect((await young.query('SELECT FROM public.item')).rows).toHaveLength(100);
  });

  it.each(['SWAP', 'REVERT'] as const)(
    '%s waits for a REPEATABLE READ transaction that began while it waited for its locks, after rows it has not drained (fault n7)',
    async (stage) => {
      const run = await ItemRun.create();
      await run.through(stage === 'SWAP' ? 'POST_SYNC_UPDATE' : 'SWAP');
      const [app, young, holder] = await Promise.all([
        run.database.appClient(),
        run.database.appClient(),
        run.database.appClient('owner'),
      ]);
      const admin = await run.database.client();
      const oid = await run.oid();
      let unlocked: Promise<unknown> = Promise.resolve();
      // As an ANALYZE does that begins after we have looked.
      const observer = once('before', /SHARE UPDATE EXCLUSIVE/, async () => {
        await holder.query('BEGIN; LOCK TABLE public.item IN SHARE UPDATE EXCLUSIVE MODE');
        await app.query(`INSERT INTO public.item SELECT i, 'n' || i FROM generate_series(1001, 1050) AS i`);
        await app.query('DELETE FROM public.item WHERE id <= 10');
        await young.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
        await young.query('SELECT 1');
        unlocked = untilWaitingForLock(admin, `shadowstep/${stage.toLowerCase()}`).then(() => holder.query('COMMIT'));
      });
      const waits: string[] = [];
      const results = await run.drive(stage === 'SWAP' ? {} : { action: 'revert' }, {
        observer,
        async onUnit(task, result) {
          if (task !== stage || result.status !== 'wait') return;
          waits.push(result.because);
          expect(await run.oid(), 'nothing is exchanged while it is open').toBe(oid);
          expect((await young.query('SELECT FROM public.item')).rows).toHaveLength(140);
          await young.query('COMMIT');
        },
      });
      await unlocked;
      expect(waits).toEqual([expect.stringMatching(new RegExp(`^pid ${await pidOf(young)} .*reads in a snapshot`))]);
      expect(results.at(-1)).toMatchObject({ stage: stage === 'SWAP' ? 'DONE' : 'REVERTED' });
      expect((await young.query('SELECT FROM public.item')).rows).toHaveLength(140);
    },
  );

  it('goes on after a patience, if one is asked for', async () => {
    const run = await ItemRun.create({ request: { oldSnapshotPatienceSeconds: 0 } });
    const reader = await run.database.appClient();
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT 1');
    const { waits, results } = await driveThroughWaits(run, async () => {});
    expect(waits).toEqual([]);
    expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
  });
});

describe('the swap and sessions that hold the table', () => {
  const HOLDERS: readonly (readonly [what: string, hold: string, mode: string])[] = [
    ['reader', 'SELECT FROM public.item', 'AccessShareLock'],
    ['writer', `UPDATE public.item SET note = 'held' WHERE id = 1`, 'RowExclusiveLock'],
  ];

  it.each(HOLDERS)('does not queue behind a %s that stays, and names it', async (_what, hold, mode) => {
    const run = await template.clone();
    const [holder, others] = [await run.database.appClient(), await run.database.appClient()];
    await holder.query(`SET application_name = 'reports'; BEGIN`);
    await holder.query(hold);
    const pid = await pidOf(holder);
    // What others would wait at most: an attempt (100 ms), its drain (20 ms), and room for a busy machine.
    await others.query(`SET lock_timeout = 1000`);
    await untilOlderThanAMoment(run.database, pid);

    const { waits, results } = await driveThroughWaits(run, async (_result, times) => {
      await others.query('SELECT FROM public.item');
      await others.query(`UPDATE public.item SET note = 'meanwhile ${times}' WHERE id = 2`);
      if (times === 4) await holder.query('COMMIT');
    });

    expect(waits).toHaveLength(4);
    for (const because of waits) expect(because).toContain(`pid ${pid} (reports, `);
    expect(waits[0]).toContain(`holds ${mode} on public.item`);
    const attempts = await run.database.query(
      `SELECT detail->'attempt' AS attempt FROM shadowstep.event WHERE kind = 'wait' ORDER BY event_id`,
    );
    expect(attempts.map((row) => row.attempt)).toEqual([1, 2, 3, 4]);
    expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toContain('(2,c2,"meanwhile 4")');
  });

  it('looks before it locks: while a reader stays, no other reader ever waits behind an attempt', async () => {
    const run = await template.clone();
    const [holder, other] = [await run.database.appClient(), await run.database.appClient()];
    await holder.query('BEGIN; SELECT FROM public.item');
    await untilOlderThanAMoment(run.database, await pidOf(holder));
    // Nothing that conflicts with a reader is ever held or asked for, so only an attempt that queues can make it fail.
    await other.query('SET lock_timeout = 20');
    const attempts = (async () => {
      for (let attempt = 0; attempt < 5; attempt += 1) {
        expect(await run.unit('SWAP', { driver: 'test:same' })).toMatchObject({ status: 'wait' });
      }
    })();
    let attempting = true;
    const done = attempts.finally(() => {
      attempting = false;
    });
    let reads = 0;
    while (attempting) {
      await other.query('SELECT FROM public.item');
      reads += 1;
    }
    await done;
    expect(reads).toBeGreaterThan(0);
    await holder.query('COMMIT');
  });

  it('gives up an attempt within its time when the lock is taken at the last moment, and lets others through', async () => {
    const run = await template.clone();
    const [holder, others] = [await run.database.appClient(), await run.database.appClient()];
    const admin = await run.database.client();
    await others.query('SET lock_timeout = 5000');
    const pid = await pidOf(holder);
    let queued: Promise<unknown> = Promise.resolve();
    const observer = once('before', EXCHANGE, async () => {
      await holder.query('BEGIN; SELECT FROM public.item');
      // Behind the attempt, as an application's statement would be.
      queued = untilWaitingForLock(admin, 'shadowstep/swap').then(() => others.query('SELECT FROM public.item'));
    });

    const attempt = await run.unit('SWAP', { driver: 'test:same', observer });

    expect(attempt).toMatchObject({ status: 'wait', stage: 'SWAP' });
    expect(attempt.because).toContain(`pid ${pid}`);
    await queued;
    // What others were stalled for counts, though the attempt was in vain.
    const report = await reportRun(await run.session('status'), 1n);
    expect(report?.longestLockWaitMs).toBeGreaterThanOrEqual(100);
    await run.endSessions();
    await holder.query('COMMIT');
    expect((await run.drive({}, { driver: 'test:same' })).at(-1)).toMatchObject({ stage: 'DONE' });
  });

  it('of a partner of a foreign key is named as well', async () => {
    const run = await ItemRun.create({
      table: /* sql */ `
        CREATE TABLE public.kind (kind_id int PRIMARY KEY);
        INSERT INTO public.kind VALUES (1);
        CREATE TABLE public.item (id bigint PRIMARY KEY, kind_id int REFERENCES public.kind);
        INSERT INTO public.item VALUES (1, 1);
        GRANT SELECT ON public.kind TO PUBLIC;`,
    });
    await run.through('POST_SYNC_UPDATE');
    const holder = await run.database.appClient();
    await holder.query('BEGIN; SELECT FROM public.kind');
    await untilOlderThanAMoment(run.database, await pidOf(holder));
    const { waits, results } = await driveThroughWaits(run, () => holder.query('COMMIT'));
    expect(waits).toEqual([expect.stringContaining('on public.kind')]);
    expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
  });
});

describe('a connection lost around the swap’s COMMIT', () => {
  const END_SWAP = `
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'shadowstep/swap'`;

  const swaps = async (run: ItemRun) =>
    run.database.query(`SELECT swapped_at IS NOT NULL AS swapped, stage FROM shadowstep.run`);

  it('before it leaves the source in place, and the run goes on', async () => {
    const run = await template.clone();
    const oid = await run.oid();
    const holder = await run.database.appClient();
    const admin = await run.database.client();
    const observer = once('before', EXCHANGE, async () => {
      await holder.query('BEGIN; SELECT FROM public.item');
      void untilWaitingForLock(admin, 'shadowstep/swap').then(() => admin.query(END_SWAP));
    });
    // Long enough that the attempt is still waiting when it is ended.
    await run.database.query(`UPDATE shadowstep.run SET request = request || '{"lockTimeoutMs": 900}'`);
    const patient = { ...run.request, lockTimeoutMs: 900 };
    await expect(run.unit('SWAP', { driver: 'test:same', observer, request: patient })).rejects.toMatchObject({
      name: expect.stringMatching(/^(ConnectionLostError|ServerShuttingDownError)$/),
    });
    expect(await run.oid()).toBe(oid);
    expect(await swaps(run)).toEqual([{ swapped: false, stage: 'SWAP' }]);
    await holder.query('COMMIT');
    expect((await run.drive({ lockTimeoutMs: 900 }, { driver: 'test:same' })).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.oid()).not.toBe(oid);
    expect(await run.rows()).toHaveLength(100);
  });

  it('after it is recognised as success, once (I-11)', async () => {
    const run = await template.clone();
    const oid = await run.oid();
    const observer = once('after', EXCHANGE, () => run.database.query(END_SWAP));
    await expect(run.unit('SWAP', { driver: 'test:same', observer })).rejects.toMatchObject({
      name: expect.stringMatching(/^(ConnectionLostError|ServerShuttingDownError)$/),
    });
    const swapped = await run.oid();
    expect(swapped).not.toBe(oid);
    expect(await swaps(run)).toEqual([{ swapped: true, stage: 'SWAP' }]);
    const results = await run.drive({ stopAfter: 'SWAP' }, { driver: 'test:same' });
    expect(results.at(-1)).toMatchObject({ status: 'stop', stage: 'CLEAN_UP' });
    expect(await run.oid(), 'not swapped a second time').toBe(swapped);
    await run.owner.query(`UPDATE public.item SET note = 'captured in reverse' WHERE id = 1`);
    await run.drive({ action: 'revert' });
    expect(await run.oid()).toBe(oid);
    expect(await run.rows()).toContain('(1,c1,"captured in reverse")');
  });
});
