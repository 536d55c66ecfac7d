import { afterAll, beforeAll, describe, it } from 'vitest';
import { ONLY_READS } from '../support/struck-statements.ts';
import { type Kill, strikeThroughout, Tally } from './kill-points.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';

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
    // Dying after those that only read is tried in test/lifecycle/crash.
    meets: ({ text }) => !ONLY_READS.test(text),
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
    ['repack', null, 'DONE'],
    ['reset', 'SYNC_SCHEMAS', 'RESET'],
    ['revert', 'SWAP', 'REVERTED'],
  ] as const)(
    '%s recovers, and loses nothing (I-11, I-12)',
    async (action, from, end) => {
      const kill = () => clientDies(`client died inside a statement of a ${action}`);
      await strikeThroughout(
        { action, from, end, createDatabase: own.createDatabase, kill, neverMet: [ONLY_READS] },
        tally,
      );
    },
    300_000,
  );
});
