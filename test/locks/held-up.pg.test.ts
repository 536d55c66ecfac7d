import type pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import type { TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import { type ItemRun, once } from '../engine/item-run.ts';
import { pollUntil } from '../support/poll.ts';
import { pidOf } from './holders.ts';
import { createLockRun, DRIVER, unitAs } from './lock-run.ts';
import { StallMeter } from './stall-meter.ts';

/** Before BACKFILL, and before SWAP. */
let atBackfill: ItemRun;
let atSwap: ItemRun;

beforeAll(async () => {
  atBackfill = await createLockRun({ targetBatchMs: 50 });
  await atBackfill.through('SETUP');
  atSwap = await createLockRun();
  await atSwap.through('POST_SYNC_UPDATE');
});

/** A migration of the application: it queues for ACCESS EXCLUSIVE, and everybody else behind it. */
class Migration {
  private constructor(
    readonly pid: number,
    private readonly run: ItemRun,
    private readonly granted: Promise<unknown>,
    private readonly client: pg.Client,
  ) {}

  /** Resolves when it waits in the queue. */
  static async begin(run: ItemRun, table: string): Promise<Migration> {
    const client = await run.database.appClient('owner');
    const pid = await pidOf(client);
    await client.query('BEGIN');
    const migration = new Migration(pid, run, client.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`), client);
    // Long enough that it is not taken for traffic.
    await pollUntil('the migration to wait', async () => {
      const rows = await run.database.query(
        `SELECT FROM pg_locks WHERE pid = $1 AND NOT granted AND clock_timestamp() - waitstart > interval '120 ms'`,
        [pid],
      );
      return rows.length === 1;
    });
    return migration;
  }

  /** Soon: a session of ours that idles in a transaction is ended by the server after half a minute. */
  async untilGranted(): Promise<void> {
    const granted = async () => {
      const rows = await this.run.database.query(`SELECT FROM pg_locks WHERE pid = $1 AND NOT granted`, [this.pid]);
      return rows.length === 0;
    };
    await pollUntil('the migration to have the table', granted, 10_000);
  }

  async end(): Promise<void> {
    await this.granted;
    await this.client.query('ROLLBACK');
    await this.client.end();
  }
}

describe('a migration of the application that queues behind one transaction of a unit', () => {
  /** The statement of such a transaction that has the lock. */
  const UNITS: readonly (readonly [what: string, task: TaskName, statement: RegExp])[] = [
    ['a batch of the backfill', 'BACKFILL', /INSERT INTO "shadowstep_1"."item"/],
    ['a batch of the drain', 'POST_SYNC_UPDATE', /^\s*SELECT \* FROM \S*drain\S*\(\$1/],
    ['a range of the verification', 'POST_SYNC_UPDATE', /FULL JOIN/],
  ];

  it.each(UNITS)(
    '%s: has the table when that one is over, whatever the unit still has to do',
    async (_what, task, statement) => {
      const run = await atBackfill.clone();
      if (task !== 'BACKFILL') await run.through('SYNC_SCHEMAS');
      await run.database.query('UPDATE public.item SET kind_id = kind_id');
      let migration: Migration | undefined;
      let hadItAtCommit = false;
      const observer: StatementObserver = {
        before() {},
        async after(text) {
          if (migration === undefined && statement.test(text)) {
            migration = await Migration.begin(run, 'public.item');
          } else if (migration !== undefined && !hadItAtCommit && text === 'COMMIT') {
            await migration.untilGranted();
            await migration.end();
            hadItAtCommit = true;
          }
        },
      };
      let answer = await run.unit(task, { driver: DRIVER, observer });
      for (let units = 1; units < 20 && migration === undefined; units += 1) {
        answer = await run.unit(task, { driver: DRIVER, observer });
      }
      expect(hadItAtCommit, 'there was such a transaction').toBe(true);
      expect(answer.status).toMatch(/^(done|more)$/);
    },
  );
});

describe('a migration of the application that queues behind something longer', () => {
  it('a VALIDATE of a foreign key is cancelled for it, and begun anew afterwards', async () => {
    const run = await atSwap.clone();
    const unit = () => unitAs(run.database.urlOf('owner'), 'SWAP', { request: run.request });
    let answer = await unit();
    for (let units = 1; units < 20 && !answer.message.startsWith('changed places'); units += 1) answer = await unit();
    // It has the one table then, and waits for the other: for as long as it would take to read a large one.
    const partner = await run.database.appClient('owner');
    await partner.query('BEGIN; LOCK TABLE public.kind IN EXCLUSIVE MODE');
    answer = await unit();
    expect(answer.because).toContain(`pid ${await pidOf(partner)} `);

    const meter = await StallMeter.start(run.database, ['read', 'write']);
    const migration = await Migration.begin(run, 'public.item');
    answer = await unit();
    await migration.end();
    const stalls = await meter.stop();
    console.log(`Behind a migration that waits for a VALIDATE: ${stalls.describe()}`);

    expect(answer).toMatchObject({
      status: 'wait',
      because: expect.stringMatching(
        new RegExp(`pid ${migration.pid} \\(.*, LOCK\\) waits for AccessExclusiveLock on public.item, and goes first`),
      ),
    });
    expect(answer.waitSeconds, 'nine times what it may have stalled others').toBeGreaterThanOrEqual(9);
    expect(stalls.timesSeen, 'somebody waited behind the migration').toBeGreaterThan(0);
    expect(stalls.longestByUsMs, 'about as long as behind a batch').toBeLessThanOrEqual(2_000);
    await partner.query('ROLLBACK');
    expect((await run.drive({}, { driver: DRIVER })).at(-1)).toMatchObject({ stage: 'DONE' });
    const [key] = await run.database.query(
      `SELECT convalidated FROM pg_constraint WHERE conname = 'item_kind_fkey' AND conrelid = 'public.item'::regclass`,
    );
    expect(key).toEqual({ convalidated: true });
  });

  it('an attempt at the exchange that waits for older snapshots lets go for it', async () => {
    const run = await atSwap.clone();
    const [app, young] = [await run.database.appClient(), await run.database.appClient()];
    const reading = once('after', /SHARE UPDATE EXCLUSIVE/, async () => {
      await app.query(`UPDATE public.item SET kind_id = 1 WHERE id <= 50`);
      await young.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await young.query('SELECT 1');
    });
    let migration: Migration | undefined;
    const migrating = once('before', /jsonb_to_recordset/, async () => {
      migration = await Migration.begin(run, 'public.item');
    });
    const observer: StatementObserver = { before: migrating.before, after: reading.after };
    const answer: UnitResult = await run.unit('SWAP', { driver: DRIVER, observer });
    const { because } = answer;
    const pid = migration?.pid;
    await migration?.end();

    expect(because).toMatch(
      new RegExp(`^pid ${pid} \\(.*, LOCK\\) waits for AccessExclusiveLock on public.item, and goes first`),
    );
    expect((await young.query('SELECT FROM public.item')).rows).toHaveLength(100);
    await young.query('COMMIT');
    expect((await run.drive({}, { driver: DRIVER })).at(-1)).toMatchObject({ stage: 'DONE' });
  });
});
