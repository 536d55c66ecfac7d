import { describe, expect, inject, it } from 'vitest';
import { createDatabase, ROLES } from '../support/database.ts';
import { runEpisode } from './episode.ts';
import { formatNumbers } from './numbers.ts';
import { type EpisodePlan, episodeSeed, replayCommand } from './replay.ts';
import type { RunKind } from './run-plan.ts';
import type { Shape } from './shapes.ts';
import { Tally } from './tally.ts';

/**
 * What a seed plans is always the same: a run that goes through at full speed, one that is reverted, one whose revert is
 * refused since a value fits no integer any more, and one that is reset.
 */
const EPISODES: readonly (readonly [Shape, number, RunKind, Company])[] = [
  ['composite', 18, 'whole', { truncates: true, alters: 'for good' }],
  ['identity', 124, 'revert', { oldSnapshots: true }],
  ['composite', 3, 'revert', { truncates: true, alters: 'for good' }],
  ['uuid', 59, 'reset', { truncates: true, alters: 'until the reset' }],
];

/** What else comes in such a run. */
interface Company {
  readonly truncates?: true;
  readonly oldSnapshots?: true;
  readonly alters?: 'for good' | 'until the reset';
}

/** What writers do by the dozen in each episode: one that did none of it has proved less than it says. */
const STATEMENTS = [
  ...[
    'insert',
    'update',
    'delete',
    'copy',
    'key change',
    'upsert by key',
    'insert of several rows',
    'update of several rows',
  ],
  ...[
    'exchange of a code',
    'exchange of a slot',
    'exchange of a span',
    'chain of a label',
    'insert of the same key again',
  ],
  ...['savepoint one', 'rollback to', 'insert of child rows', 'contended update'],
];
const TRANSACTIONS = [
  'read committed commit',
  'read committed rollback',
  'repeatable read commit',
  'serializable commit',
  'replica read committed commit',
];

/** A bound for a hung run; an episode takes seconds, and minutes on a machine with ten times its work. */
const MOST_MS = 600_000;

describe('torture, a short pass', () => {
  it.each(EPISODES)(
    '[%s, episode %i] loses nothing, whatever the writers do: %s, %o',
    async (shape, number, kind, company) => {
      const plan: EpisodePlan = { seed: 'short', number, shape, writers: 4, runs: 1 };
      const { majorVersion } = inject('postgres');
      const database = await createDatabase();
      const tally = new Tally();
      const startedMs = performance.now();
      const result = await runEpisode({
        database: {
          superuserUrl: database.url,
          ownerUrl: database.urlOf('owner'),
          appUrl: database.urlOf('app'),
          ownerRole: ROLES.owner,
          appRole: ROLES.app,
        },
        shape,
        seed: episodeSeed(plan),
        writers: plan.writers,
        replay: replayCommand(plan, { majorVersion, databaseUrl: null }),
        tally,
        goesOn: (runs) => runs < plan.runs,
      });
      console.log(
        formatNumbers({ minutes: (performance.now() - startedMs) / 60_000, results: [result], tally }).join('\n'),
      );
      expect(result.failure ?? 'nothing').toBe('nothing');
      expect(result.rowsCompared).toBeGreaterThan(0);
      expect([...result.runs.keys()]).toEqual([kind]);
      expect(tally.alterations).toBe(company.alters === 'for good' ? 1 : 0);
      if (company.truncates) expect(tally.truncates).toBeGreaterThan(0);
      if (company.oldSnapshots) {
        // The exchange and the revert are each waited out by those from before it.
        expect(tally.oldReadersWaitedFor).toBe(tally.oldReaders);
        expect(tally.oldReaderLooks).toBeGreaterThanOrEqual(tally.oldReaders);
        expect(tally.oldReaders).toBeGreaterThanOrEqual(2);
      }
      const statements = majorVersion >= 15 ? [...STATEMENTS, 'merge'] : STATEMENTS;
      expect(statements.filter((statement) => !tally.statements.has(statement))).toEqual([]);
      expect(TRANSACTIONS.filter((transaction) => !tally.transactions.has(transaction))).toEqual([]);
    },
    MOST_MS,
  );
});
