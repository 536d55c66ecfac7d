import { afterAll, describe, expect, it } from 'vitest';
import { pollUntil } from '../support/poll.ts';
import { type Kill, strikeThroughout, Tally } from './kill-points.ts';
import type { ShelfRun } from './shelf-run.ts';

/** COMMIT alone, or at the end of the round trip that holds a strong lock (triggers, exchange, clean-up). */
const COMMITS = /\bCOMMIT\s*$/;

type Moment = 'before' | 'after';

/** What became of the transactions whose COMMIT was struck; those that had written nothing have no number and are left out. */
const fates = new Map<string, string[]>();

/** The connections break, the process lives on: its unit fails and is repeated by the same machine. */
function connectionLost(kind: string, moment: Moment, shelf: ShelfRun): Kill {
  const { database } = shelf.run;
  let struck = { pid: 0, transaction: null as string | null };
  return {
    kind,
    meets: ({ text }) => COMMITS.test(text),
    async strike(unit, { pid }) {
      const [session] = await database.query<{ transaction: string | null }>(
        `SELECT backend_xid::text AS transaction FROM pg_stat_activity WHERE pid = $1`,
        [pid],
      );
      struck = { pid, transaction: session?.transaction ?? null };
      if (moment === 'before') unit.cutConnections();
      // Sent, and carried out: the server reads what has arrived before it notices that nobody listens.
      else setImmediate(() => unit.cutConnections());
    },
    async afterUnit(wasStruck) {
      if (!wasStruck || struck.transaction === null) return;
      await pollUntil('the server to notice that nobody listens', async () => {
        const working = await database.query(`SELECT FROM pg_stat_activity WHERE pid = $1`, [struck.pid]);
        return working.length === 0;
      });
      const [row] = await database.query<{ fate: string }>(`SELECT pg_xact_status($1::text::xid8) AS fate`, [
        struck.transaction,
      ]);
      fates.set(kind, [...(fates.get(kind) ?? []), row?.fate ?? 'unknown']);
    },
  };
}

describe('a connection lost around COMMIT', () => {
  const tally = new Tally();
  afterAll(() => {
    tally.print();
    for (const [kind, all] of fates) console.log(`${all.length} transactions ${[...new Set(all)].join(', ')}: ${kind}`);
  });

  it.each([
    ['repack', null, 'DONE'],
    ['revert', 'SWAP', 'REVERTED'],
    ['reset', 'SYNC_SCHEMAS', 'RESET'],
  ] as const)(
    'of any transaction of a %s leaves no doubt (I-11)',
    async (action, from, end) => {
      for (const moment of ['before', 'after'] as const) {
        const kind = `connection lost ${moment === 'before' ? 'before COMMIT was sent' : 'with COMMIT on its way'}, ${action}`;
        const kill = (shelf: ShelfRun) => connectionLost(kind, moment, shelf);
        // Only a COMMIT is struck here.
        await strikeThroughout({ action, from, end, kill, neverMet: [/^(?!.*\bCOMMIT$)/] }, tally);
        expect([...new Set(fates.get(kind))], kind).toEqual([moment === 'before' ? 'aborted' : 'committed']);
      }
    },
    300_000,
  );
});
