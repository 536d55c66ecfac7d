import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kill, strikeEverywhere, Tally } from './kill-points.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';
import { ShelfRun, TASKS_OF } from './shelf-run.ts';

let own: OwnServer;

beforeAll(async () => {
  own = await startOwnServer();
});

afterAll(() => own.stop());

/** A statement that has not begun by then is over already, or was never going to. */
const BEGINS_WITHIN_MS = 5;

/**
 * The signal that pg_terminate_backend sends, without the round trip of asking for it: most statements are over before an
 * answer would be back. The server's log tells how many were met while they ran.
 */
function terminated(kind: string): Kill {
  return {
    kind,
    every: 3,
    strike(_client, { pid }) {
      setImmediate(() => {
        // Without giving the event loop a turn: the answer may not be read before the signal is sent.
        const until = performance.now() + BEGINS_WITHIN_MS;
        while (isIdle(pid) && performance.now() < until);
        process.kill(pid, 'SIGTERM');
      });
    },
  };
}

/** By the title that each server process gives itself (update_process_title); false where there is no /proc. */
function isIdle(pid: number): boolean {
  try {
    return /\bidle( in transaction)?\b/.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
  } catch {
    return false;
  }
}

/** Of the processes that were ended, those that were carrying out a statement: the log names it then. */
async function endedInsideStatements(): Promise<number> {
  const lines = (await own.server.log()).split('\n');
  return lines.filter(
    (line, index) =>
      line.includes('terminating connection due to administrator command') && lines[index + 1]?.includes('STATEMENT:'),
  ).length;
}

describe('a connection that the server ends at any statement', () => {
  const tally = new Tally();
  afterAll(async () => {
    tally.print();
    console.log(`of these connections ${await endedInsideStatements()} ended while the server carried out a statement`);
  });

  it.each([
    ['repack', null, 'DONE', 60],
    ['reset', 'SYNC_SCHEMAS', 'RESET', 5],
    ['revert', 'SWAP', 'REVERTED', 10],
  ] as const)(
    '%s goes on, and loses nothing (I-11, I-12)',
    async (action, from, end, atLeast) => {
      const shelf = await ShelfRun.create({ database: await own.createDatabase() });
      if (from !== null) await shelf.run.through(from);
      const kind = `connection terminated at a statement of a ${action}`;
      await strikeEverywhere(shelf, { action }, TASKS_OF[action], terminated(kind), tally);
      await shelf.expectEnded(end);
      tally.allSurvived();
      expect(tally.of(kind)).toBeGreaterThan(atLeast);
    },
    300_000,
  );
});
