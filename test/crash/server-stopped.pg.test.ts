import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Action, STAGES, type StageName, type TaskName } from '../../lambdas/engine/stages.ts';
import { pollUntil } from '../support/poll.ts';
import { Tally } from './kill-points.ts';
import { MortalProcess } from './mortal-process.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';
import { ShelfRun } from './shelf-run.ts';

let own: OwnServer;

beforeAll(async () => {
  // What was committed asynchronously stays in memory for as long as can be, and is lost with it.
  own = await startOwnServer({
    wal_writer_delay: '10s',
    wal_writer_flush_after: '1GB',
    autovacuum: 'off',
    // An attempt at the exchange may wait for a second.
    deadlock_timeout: '10s',
  });
});

afterAll(() => own.stop());

const tally = new Tally();
afterAll(() => tally.print());

/** One kind of statement per stage, and whether it has been carried out when the server goes. */
const STOPS: readonly (readonly [task: StageName, at: RegExp, moment: 'before' | 'after'])[] = [
  ['PRE_VALIDATION', /INSERT INTO shadowstep\.run/, 'after'],
  ['SETUP', /SHARE ROW EXCLUSIVE/, 'after'],
  ['BACKFILL', /INSERT INTO "shadowstep_1"/, 'after'],
  ['BACKFILL', /SET batch_blocks/, 'before'],
  ['SYNC_SCHEMAS', /^\s*VACUUM/, 'after'],
  ['SYNC_SCHEMAS', /CREATE UNIQUE INDEX/, 'before'],
  ['SYNC_SCHEMAS', /ADD CONSTRAINT/, 'after'],
  ['POST_SYNC_UPDATE', /^COMMIT/, 'after'],
  ['SWAP', /ACCESS EXCLUSIVE MODE/, 'before'],
  ['SWAP', /ACCESS EXCLUSIVE MODE/, 'after'],
  ['SWAP', /VALIDATE CONSTRAINT/, 'before'],
  ['CLEAN_UP', /DROP SCHEMA/, 'before'],
  ['CLEAN_UP', /DROP SCHEMA/, 'after'],
];

/** Of the tasks that are not of a repack. */
const ACTION_OF: Partial<Record<TaskName, Action>> = { REVERT: 'revert', RESET: 'reset' };

/** Held by a test, an index build stands still at its first row. */
const GATE = 42;
const GATED_INDEX = /* sql */ `
  CREATE FUNCTION public.through_the_gate(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
  BEGIN PERFORM pg_catalog.pg_advisory_xact_lock_shared(${GATE}); RETURN $1; END $$;
  CREATE INDEX item_gated ON public.item (public.through_the_gate(note));`;

/** One unit during which the server is stopped, and started again; false when no such statement came. */
async function unitStoppedAt(
  shelf: ShelfRun,
  task: TaskName,
  at: RegExp,
  moment: 'before' | 'after',
): Promise<boolean> {
  let stopped = false;
  const stop = async (text: string) => {
    if (!stopped && at.test(text)) {
      stopped = true;
      await own.server.stopImmediately();
    }
  };
  const unit = new MortalProcess({
    url: shelf.url,
    request: { ...shelf.run.request, action: ACTION_OF[task] ?? 'repack' },
    driver: 'aws:one',
    ...(moment === 'before' ? { onStatement: ({ text }) => stop(text) } : { onAnswer: stop }),
  });
  const outcome = await unit.unit(task).catch((error: unknown) => error);
  if (stopped) await own.server.restart();
  else if (outcome instanceof Error) throw outcome;
  return stopped;
}

/**
 * Units of a task until the server was stopped while one of them was at the statement that matches, in the state that `seen`
 * looks for; it is held there by `hold`, which somebody else sends right before that statement, or by a lock held already.
 */
async function stopDuring(
  shelf: ShelfRun,
  task: StageName,
  at: RegExp,
  what: string,
  seen: string,
  hold?: string,
): Promise<void> {
  const watcher = await shelf.run.database.client();
  let stopped = false;
  await pollUntil(`the server to be stopped during ${task}`, async () => {
    const holder = await shelf.run.database.client();
    let over = false;
    let stopping: Promise<void> | null = null;
    const stopOnceSeen = async () => {
      const there = await pollUntil(what, async () => over || (await watcher.query(seen)).rows.length > 0);
      if (!there || over) return;
      await own.server.stopImmediately();
      stopped = true;
    };
    const unit = new MortalProcess({
      url: shelf.url,
      request: shelf.run.request,
      driver: 'aws:one',
      async onStatement({ text }) {
        if (stopping !== null || !at.test(text)) return;
        if (hold !== undefined) await holder.query(hold);
        stopping = stopOnceSeen();
      },
    });
    const outcome = await unit.unit(task).catch((error: unknown) => error);
    // Where the machine was too slow, the attempt has waited in vain, and the next unit makes another.
    over = true;
    await stopping;
    if (!stopped) await holder.end();
    if (!stopped && outcome instanceof Error) throw outcome;
    return stopped;
  });
  await own.server.restart();
  tally.struck('server stopped immediately');
}

describe('a server that is stopped immediately and started again', () => {
  it('at each stage costs what was under way, and nothing else', { timeout: 300_000 }, async () => {
    let shelf = await ShelfRun.create({ database: await own.createDatabase() });
    for (const [task, at, moment] of STOPS) {
      await shelf.write();
      const stopAfter = STAGES[STAGES.indexOf(task) - 1];
      if (stopAfter !== undefined) await shelf.run.drive({ stopAfter }, { driver: 'aws:one' });
      // SET batch_blocks and the foreign keys come in a later unit of the stage.
      await pollUntil(`the server to be stopped ${moment} ${at} in ${task}`, () =>
        unitStoppedAt(shelf, task, at, moment),
      );
      tally.struck('server stopped immediately');
      shelf = await shelf.reconnected();
    }
    await shelf.run.drive({}, { driver: 'aws:one' });
    await shelf.expectEnded('DONE');
    tally.allHeld();
  });

  it('in the middle of an index build, and of an exchange that has its locks, costs that alone', async () => {
    const request = { lockTimeoutMs: 1_000 };
    let shelf = await ShelfRun.create({ database: await own.createDatabase(), request, more: GATED_INDEX });
    await shelf.run.through('BACKFILL');
    const gate = await shelf.run.database.client();
    await gate.query('SELECT pg_advisory_lock($1)', [GATE]);
    await stopDuring(
      shelf,
      'SYNC_SCHEMAS',
      /item_gated/,
      'an index build to be in the middle of the table',
      /* sql */ `
      SELECT FROM pg_stat_progress_create_index AS p JOIN pg_stat_activity AS a USING (pid)
      WHERE p.phase LIKE 'building index%' AND a.wait_event = 'advisory'`,
    );
    shelf = await shelf.reconnected();
    await shelf.run.drive({ stopAfter: 'POST_SYNC_UPDATE' }, { driver: 'aws:one' });
    await shelf.write();
    // Its row of the registry is the first that the exchange looks at under its locks; an attempt waits for a second.
    const holdRun = 'BEGIN; SELECT FROM shadowstep.run FOR UPDATE';
    const exchanging = /* sql */ `
      SELECT FROM pg_stat_activity AS a JOIN pg_locks AS l USING (pid)
      WHERE a.wait_event_type = 'Lock' AND l.granted AND l.mode = 'AccessExclusiveLock'
        AND l.relation = 'public.item'::regclass`;
    await stopDuring(shelf, 'SWAP', /ACCESS EXCLUSIVE MODE/, 'an exchange to have its locks', exchanging, holdRun);
    shelf = await shelf.reconnected();
    expect(await shelf.run.oid(), 'the tables have not changed places').toBe(shelf.oidBefore);
    await shelf.run.drive({}, { driver: 'aws:one' });
    await shelf.expectEnded('DONE');
    tally.allHeld();
  });

  it('loses batches that were committed asynchronously, which are done again (I-5)', async () => {
    const shelf = await ShelfRun.create({ database: await own.createDatabase() });
    await shelf.run.through('SETUP');
    // A statement that waits for the disk flushes what went before, so the batches are the last.
    const copied = async () =>
      Number((await shelf.run.database.query(`SELECT count(*) FROM shadowstep_1.item`))[0]?.count);
    let before = 0;
    const unit = new MortalProcess({
      url: shelf.url,
      request: shelf.run.request,
      driver: 'aws:one',
      async onStatement({ text }) {
        if (/SET batch_blocks/.test(text)) {
          before = await copied();
          await own.server.stopImmediately();
        }
      },
    });
    await expect(unit.unit('BACKFILL')).rejects.toMatchObject({
      name: expect.stringMatching(/Connection|Server|Unreachable/),
    });
    await own.server.restart();
    const again = await shelf.reconnected();
    const [after] = await again.run.database.query(`
      SELECT (SELECT count(*)::int FROM shadowstep_1.item) AS rows, (SELECT sum(rows_copied)::int FROM shadowstep.batch) AS counted`);
    expect(before).toBe(200);
    expect(after).toEqual({ rows: 0, counted: 0 });
    tally.struck('committed batches lost with the server');
    await again.run.drive({}, { driver: 'aws:one' });
    await again.expectEnded('DONE');
    tally.allHeld();
  });

  it.each([
    [
      'on the way back',
      'SWAP',
      'REVERT',
      'REVERTED',
      [
        [/SET LOCAL synchronous_commit = off/, 'after'],
        [/ACCESS EXCLUSIVE MODE/, 'after'],
        [/DROP SCHEMA/, 'before'],
      ],
    ],
    [
      'while a run is given up',
      'SYNC_SCHEMAS',
      'RESET',
      'RESET',
      [
        [/DROP TABLE/, 'after'],
        [/DROP SCHEMA/, 'before'],
        [/DROP SCHEMA/, 'after'],
      ],
    ],
  ] as const)('%s costs nothing either', { timeout: 300_000 }, async (_when, from, task, end, stops) => {
    let shelf = await ShelfRun.create({ database: await own.createDatabase() });
    await shelf.run.through(from);
    for (const [at, moment] of stops) {
      await shelf.write();
      await pollUntil(`the server to be stopped ${moment} ${at}`, () => unitStoppedAt(shelf, task, at, moment));
      tally.struck('server stopped immediately');
      shelf = await shelf.reconnected();
    }
    await shelf.run.drive({ action: ACTION_OF[task] ?? 'repack' }, { driver: 'aws:one' });
    await shelf.expectEnded(end);
    tally.allHeld();
  });
});
