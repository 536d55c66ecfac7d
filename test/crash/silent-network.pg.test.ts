import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRetryable } from '../../lambdas/engine/errors.ts';
import { silentLogger } from '../../lambdas/engine/log.ts';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import type { Session } from '../../lambdas/engine/postgres/session.ts';
import { runTask } from '../../lambdas/engine/run-unit.ts';
import type { Action, StageName, TaskName } from '../../lambdas/engine/stages.ts';
import { pollUntil } from '../support/poll.ts';
import { Tally } from './kill-points.ts';
import { ShelfRun } from './shelf-run.ts';
import { type Silence, SilentProxy } from './silent-proxy.ts';

/** A unit of these tests may last so long, its last 5 s kept back for answering; the product's own takes minutes. */
const INVOCATION_MS = 8_000;
const STATEMENT_TIMEOUT_MS = 1_000;
/** Instead of the product's 30 s. */
const IDLE_IN_TRANSACTION_MS = 1_000;

const runs = new Map<StageName | null, ShelfRun>();

beforeAll(async () => {
  const start = await ShelfRun.create();
  runs.set(null, start);
  let before = start;
  for (const stage of ['PRE_VALIDATION', 'SETUP', 'BACKFILL', 'SYNC_SCHEMAS', 'POST_SYNC_UPDATE', 'SWAP'] as const) {
    const next = await before.clone();
    await next.run.through(stage);
    runs.set(stage, next);
    before = next;
  }
});

const tally = new Tally();
afterAll(() => tally.print());

/** Each unit with statements of its own kind; the silence begins at the first that matches. */
const POINTS: readonly (readonly [task: TaskName, after: StageName | null, at: RegExp, silence: Silence])[] = [
  ['PRE_VALIDATION', null, /clock_timestamp/, 'both ways'],
  ['PRE_VALIDATION', null, /^COMMIT/, 'answers'],
  ['SETUP', 'PRE_VALIDATION', /SHARE UPDATE EXCLUSIVE/, 'both ways'],
  ['SETUP', 'PRE_VALIDATION', /SHARE ROW EXCLUSIVE/, 'answers'],
  ['BACKFILL', 'SETUP', /INSERT INTO "shadowstep_1"/, 'both ways'],
  ['BACKFILL', 'SETUP', /^COMMIT/, 'answers'],
  ['SYNC_SCHEMAS', 'BACKFILL', /^\s*VACUUM/, 'both ways'],
  ['SYNC_SCHEMAS', 'BACKFILL', /CREATE UNIQUE INDEX/, 'answers'],
  ['POST_SYNC_UPDATE', 'SYNC_SCHEMAS', /_drain/, 'both ways'],
  ['POST_SYNC_UPDATE', 'SYNC_SCHEMAS', /^COMMIT/, 'answers'],
  ['SWAP', 'POST_SYNC_UPDATE', /SHARE UPDATE EXCLUSIVE/, 'both ways'],
  ['SWAP', 'POST_SYNC_UPDATE', /ACCESS EXCLUSIVE MODE/, 'answers'],
  ['CLEAN_UP', 'SWAP', /DROP TABLE/, 'both ways'],
  ['CLEAN_UP', 'SWAP', /DROP SCHEMA/, 'answers'],
  ['REVERT', 'SWAP', /moved|FOR UPDATE/, 'both ways'],
  ['RESET', 'SYNC_SCHEMAS', /DROP TABLE/, 'both ways'],
  ['RESET', 'SYNC_SCHEMAS', /^COMMIT|; COMMIT|;\nCOMMIT/, 'answers'],
];

/** Of the tasks that are not of a repack. */
const ACTION_OF: Partial<Record<TaskName, Action>> = { REVERT: 'revert', RESET: 'reset' };

/** Does one unit through a network that goes silent at the first statement that matches; resolves to its error. */
async function unitInSilence(shelf: ShelfRun, proxy: SilentProxy, task: TaskName, at: RegExp, silence: Silence) {
  const started = performance.now();
  const sessions: Session[] = [];
  const openSession = async (purpose: string) => {
    const session = await openPostgresSession(
      { connectionString: proxy.url, connectionTimeoutMillis: 1_000 },
      {
        purpose,
        statementTimeoutMs: STATEMENT_TIMEOUT_MS,
        answerGraceMs: 300,
        observer: {
          before(text) {
            if (at.test(text)) proxy.goSilent(silence);
          },
          after() {},
        },
      },
    );
    sessions.push(session);
    await session.query(`SELECT pg_catalog.set_config('idle_in_transaction_session_timeout', $1, false)`, [
      String(IDLE_IN_TRANSACTION_MS),
    ]);
    return session;
  };
  const request = { ...shelf.run.request, action: ACTION_OF[task] ?? 'repack' };
  try {
    const result = await runTask(
      task,
      { request, driver: 'aws:one', unitsDone: 0 },
      { openSession, remainingMs: () => INVOCATION_MS - (performance.now() - started), log: silentLogger },
    );
    return { result, error: null };
  } catch (error) {
    return { result: null, error };
  } finally {
    await Promise.all(sessions.map((session) => session.end()));
  }
}

describe('a network that goes silent without closing', () => {
  it.concurrent.each(POINTS)(
    'in %s (after %s) at %s, %s: ends the unit, and the next one goes on',
    async (...point) => {
      const [task, after, at, silence] = point;
      const template = runs.get(after);
      if (template === undefined) throw new Error(`There is no run after ${after}`);
      const shelf = await template.clone();
      const kind = `network silent (${silence})`;
      const proxy = await SilentProxy.start(shelf.url);
      // By itself: the proxy is silent for good, and lets neither side hear that the other has gone. A unit that hangs does so
      // until the test's own end.
      const { result, error } = await unitInSilence(shelf, proxy, task, at, silence);
      expect(proxy.isSilent, 'the unit sends such a statement').toBe(true);
      // A detached statement is let go of in time, silence or not: the unit says `more` then if it can.
      if (result === null) expect(isRetryable(error), String(error)).toBe(true);
      expect(result?.status ?? 'more').toBe('more');
      await shelf.write();
      // By another way, while the server still has the silent connections: the proxy keeps them open.
      await pollUntil('the run to go on beside what the silence has left', async () => {
        try {
          return (await shelf.run.drive({ action: ACTION_OF[task] ?? 'repack' }, { driver: 'aws:one' })).length > 0;
        } catch (failure) {
          if (isRetryable(failure)) return false;
          throw failure;
        }
      });
      await shelf.expectEnded(task === 'REVERT' ? 'REVERTED' : task === 'RESET' ? 'RESET' : 'DONE');
      await proxy.stop();
      tally.held(kind);
    },
  );
});
