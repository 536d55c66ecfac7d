import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kill, strikeEverywhere, Tally } from './kill-points.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';
import { ShelfRun, TASKS_OF } from './shelf-run.ts';

/** At one point in so many the retry comes while the statement, and the locks of its transaction, still wait. */
const MEETS_ITS_RETRY_EVERY = 20;

let own: OwnServer;

beforeAll(async () => {
  own = await startOwnServer();
});

afterAll(() => own.stop());

/**
 * The server process is stopped (SIGSTOP) before the statement reaches it, and goes on only when the client is gone: the
 * statement is on its way, is carried out whatever happened meanwhile, and nobody hears of it.
 */
function clientDies(kind: string): Kill {
  let frozen: number[] = [];
  let struckNow = 0;
  let strikes = 0;
  return {
    kind,
    strike(dying, { pid }) {
      strikes += 1;
      struckNow = pid;
      frozen.push(pid);
      process.kill(pid, 'SIGSTOP');
      dying.dieOnceSent();
    },
    afterUnit(struck) {
      const meetsItsRetry = struck && strikes % MEETS_ITS_RETRY_EVERY === 0;
      for (const pid of frozen) {
        if (!(meetsItsRetry && pid === struckNow)) process.kill(pid, 'SIGCONT');
      }
      frozen = meetsItsRetry ? [struckNow] : [];
    },
  };
}

describe('a client that dies inside any statement, which the server carries out all the same', () => {
  const tally = new Tally();
  afterAll(() => tally.print());

  it.each([
    ['repack', null, 'DONE', 180],
    ['reset', 'SYNC_SCHEMAS', 'RESET', 15],
    ['revert', 'SWAP', 'REVERTED', 30],
  ] as const)(
    '%s recovers, and loses nothing (I-11, I-12)',
    async (action, from, end, atLeast) => {
      const shelf = await ShelfRun.create({ database: await own.createDatabase() });
      if (from !== null) await shelf.run.through(from);
      const kind = `client died inside a statement of a ${action}`;
      await strikeEverywhere(shelf, { action }, TASKS_OF[action], clientDies(kind), tally);
      await shelf.expectEnded(end);
      tally.allSurvived();
      expect(tally.of(kind)).toBeGreaterThan(atLeast);
    },
    300_000,
  );
});
