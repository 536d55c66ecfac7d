import { describe, expect, it } from 'vitest';
import { STAGES, type TaskName } from '../../lambdas/engine/stages.ts';
import type { RunEnd } from '../support/exchanged.ts';
import { dieThroughout, total } from './die-everywhere.ts';
import { drive } from './drive.ts';
import { ordersUnderWriters } from './orders-under-writers.ts';

function fixture(seed: number) {
  return ordersUnderWriters({ rows: 400, keyShape: 'bigserial', seed, perSecond: 60 });
}

const table = 'public.orders';

interface Journey {
  readonly what: string;
  readonly seed: number;
  /** What the run has done before. */
  readonly stopAfter: string | null;
  readonly action: string;
  readonly tasks: readonly TaskName[];
  readonly end: RunEnd;
}

const JOURNEYS: readonly Journey[] = [
  { what: 'a run', seed: 21, stopAfter: null, action: 'repack', tasks: ['REQUEST', ...STAGES], end: 'DONE' },
  {
    what: 'a reset',
    seed: 22,
    stopAfter: 'SYNC_SCHEMAS',
    action: 'reset',
    tasks: ['REQUEST', 'RESET'],
    end: 'RESET',
  },
  { what: 'a revert', seed: 23, stopAfter: 'SWAP', action: 'revert', tasks: ['REQUEST', 'REVERT'], end: 'REVERTED' },
];

const NEVER_MET = [
  // Whether the second VACUUM is worth its while, or ANALYZE alone, follows how much was written meanwhile.
  /^(VACUUM .*)?ANALYZE\b.* "shadowstep_N"\."orders"$/,
];

describe('killed between any two statements, under writers', () => {
  it.each(JOURNEYS)(
    '$what recovers at every point, and loses nothing',
    async ({ what, seed, stopAfter, action, tasks, end }) => {
      const one = await fixture(seed);
      const other = await fixture(seed);
      const prepared = async ({ database, url }: typeof one) => {
        // As a local driver does with its answer: else the same request would be told of that end instead of being a new run.
        const hear = `UPDATE shadowstep.run SET marks = marks || '{"heard": true}' WHERE finished_at IS NOT NULL`;
        const [known] = await database.query(`SELECT to_regclass('shadowstep.run') IS NOT NULL AS there`);
        if (known?.there === true) await database.query(hear);
        if (stopAfter !== null) await drive({ url, request: { table, stopAfter } });
        return database;
      };
      const { deaths, runs } = await dieThroughout({
        dying: await prepared(one),
        // The table is as it was when the run is over: the next one finds the same.
        unbroken: () => prepared(other),
        rest: () => prepared(other),
        request: { table, workers: 2, action },
        tasks,
        neverMet: NEVER_MET,
      });
      await one.expectAsBefore([end]);
      await other.expectAsBefore(Array(1 + runs).fill(end));
      for (const task of tasks) expect(deaths[task], task).toBeGreaterThan(0);
      console.log(`kill points held ${total(deaths)}: ${what}, ${JSON.stringify(deaths)}`);
    },
    600_000,
  );
});
