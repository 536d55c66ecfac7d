import { afterAll, describe, expect, it } from 'vitest';
import { isRetryable } from '../../lambdas/engine/errors.ts';
import type { TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import type { TestDatabase } from '../support/database.ts';
import { Tally } from './kill-points.ts';
import { MortalProcess } from './mortal-process.ts';
import { ShelfRun } from './shelf-run.ts';

/**
 * What is in every table of ours and in the application's, by table. Not the events: that a unit tells what it had done
 * before it fell asleep is right.
 */
async function contents(database: TestDatabase): Promise<Record<string, string>> {
  const tables = await database.query<{ name: string }>(/* sql */ `
    SELECT format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND (n.nspname LIKE 'shadowstep%' OR n.nspname = 'public')
      AND (n.nspname, c.relname) <> ('shadowstep', 'event')`);
  const each = tables.map(
    ({ name }) => /* sql */ `
      SELECT '${name}' AS name, (SELECT string_agg(t::text, E'\\n' ORDER BY t::text) FROM ${name} AS t) AS rows`,
  );
  const rows = await database.query<{ name: string; rows: string | null }>(each.join(' UNION ALL '));
  return Object.fromEntries(rows.map((row) => [row.name, row.rows ?? '']));
}

/** True when no session of ours is in the middle of a transaction: what is open has checked whose the run is, and may end. */
async function isBetweenTransactions(database: TestDatabase): Promise<boolean> {
  const rows = await database.query(/* sql */ `
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND starts_with(application_name, 'shadowstep/') AND state <> 'idle'`);
  return rows.length === 0;
}

/** Which half of which stage the run is in. */
async function progressOf(database: TestDatabase): Promise<string> {
  const [row] = await database.query<{ progress: string }>(/* sql */ `
    SELECT concat_ws(' ', stage, copy_oid, swapped_at, reverted_at) AS progress FROM shadowstep.run`);
  return row?.progress ?? '';
}

interface Slept {
  /** What every table held when the other driver had taken the run over; null when the unit never got so far. */
  readonly before: Readonly<Record<string, string>> | null;
  readonly statement: string;
  readonly outcome: UnitResult['status'] | string;
}

/**
 * A unit that falls asleep before the n-th of its statements that are not inside a transaction. Meanwhile, by the database's
 * clock, its lease ends, and another driver takes the run over.
 */
async function sleepAt(
  shelf: ShelfRun,
  request: Readonly<Record<string, unknown>>,
  task: TaskName,
  point: number,
): Promise<Slept> {
  const { database } = shelf.run;
  await database.query(`UPDATE shadowstep.run SET driver = NULL, driver_expires_at = NULL WHERE finished_at IS NULL`);
  let before: Record<string, string> | null = null;
  let statement = '';
  let seen = 0;
  const sleeper = new MortalProcess({
    url: shelf.url,
    request: { ...shelf.run.request, ...request },
    driver: 'aws:first',
    async onStatement({ text }) {
      if (seen >= point || !(await isBetweenTransactions(database))) return;
      seen += 1;
      if (seen < point) return;
      const taken = await database.query(`
        UPDATE shadowstep.run SET driver = 'aws:second', driver_expires_at = clock_timestamp() + interval '90 seconds'
        WHERE finished_at IS NULL RETURNING 1`);
      if (taken.length === 0) return;
      statement = text;
      before = await contents(database);
    },
  });
  try {
    return { outcome: (await sleeper.unit(task)).status, before, statement };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const wasReplaced = before !== null && ['DriverReplacedError', 'RunAlreadyDrivenError'].includes(error.name);
    if (!wasReplaced && !isRetryable(error)) throw error;
    return { outcome: error.name, before, statement };
  }
}

describe('a driver that wakes after its run was taken over', () => {
  const tally = new Tally();
  afterAll(() => tally.print());

  it.each([
    [
      'repack',
      'PRE_VALIDATION',
      ['SETUP', 'BACKFILL', 'SYNC_SCHEMAS', 'POST_SYNC_UPDATE', 'SWAP', 'CLEAN_UP'],
      'DONE',
      60,
    ],
    ['revert', 'SWAP', ['REVERT'], 'REVERTED', 15],
    ['reset', 'SYNC_SCHEMAS', ['RESET'], 'RESET', 5],
  ] as const)(
    'in a %s does nothing any more, wherever it fell asleep (I-12)',
    async (action, from, tasks, end, atLeast) => {
      const shelf = await ShelfRun.create();
      const { database } = shelf.run;
      await shelf.run.through(from);
      const kind = `driver replaced in its sleep during a ${action}`;
      for (const task of tasks) {
        let progress = await progressOf(database);
        for (let point = 1; ; point += 1) {
          await shelf.write();
          const { before, statement, outcome } = await sleepAt(shelf, { action }, task, point);
          if (before !== null) {
            tally.struck(kind);
            expect(await contents(database), `${task} slept before ${statement.trim()}`).toEqual(before);
          } else if (outcome === 'done' || outcome === 'stop') {
            break;
          }
          const now = await progressOf(database);
          // Something else lies ahead of the next unit: from its beginning again.
          if (now !== progress) point = 0;
          progress = now;
        }
      }
      await shelf.expectEnded(end);
      tally.allHeld();
      expect(tally.of(kind)).toBeGreaterThan(atLeast);
    },
    300_000,
  );
});
