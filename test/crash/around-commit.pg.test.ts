import { afterAll, describe, expect, it } from 'vitest';
import { type Kill, strikeEverywhere, Tally } from './kill-points.ts';
import { ShelfRun, TASKS_OF } from './shelf-run.ts';

/** COMMIT alone, or at the end of the round trip that holds a strong lock (triggers, exchange, clean-up). */
const COMMITS = /\bCOMMIT\s*$/;

/** The connections break, the process lives on: its unit fails and is repeated by the same machine. */
function connectionLost(kind: string, moment: 'before' | 'after'): Kill {
  return {
    kind,
    meets: ({ text }) => COMMITS.test(text),
    strike(unit) {
      if (moment === 'before') unit.cutConnections();
      // Sent, and carried out: the server reads what has arrived before it notices that nobody listens.
      else setImmediate(() => unit.cutConnections());
    },
  };
}

describe('a connection lost around COMMIT', () => {
  const tally = new Tally();
  afterAll(() => tally.print());

  it.each([
    ['repack', null, 'DONE', 10],
    ['revert', 'SWAP', 'REVERTED', 2],
    ['reset', 'SYNC_SCHEMAS', 'RESET', 1],
  ] as const)(
    'of any transaction of a %s leaves no doubt (I-11)',
    async (action, from, end, atLeast) => {
      for (const moment of ['before', 'after'] as const) {
        const shelf = await ShelfRun.create();
        if (from !== null) await shelf.run.through(from);
        const kind = `connection lost ${moment === 'before' ? 'before COMMIT was sent' : 'with COMMIT on its way'}, ${action}`;
        await strikeEverywhere(shelf, { action }, TASKS_OF[action], connectionLost(kind, moment), tally);
        await shelf.expectEnded(end);
        tally.allSurvived();
        expect(tally.of(kind)).toBeGreaterThanOrEqual(atLeast);
      }
    },
    300_000,
  );
});
