import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../lambdas/engine/log.ts';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import type { Session } from '../../lambdas/engine/postgres/session.ts';
import { runTask } from '../../lambdas/engine/run-unit.ts';
import { STAGES, type TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import { dieEverywhere, total } from '../lifecycle/die-everywhere.ts';
import type { TestDatabase } from '../support/database.ts';
import { StruckStatements } from '../support/struck-statements.ts';
import { expectAllDone, ROOT, SMALL_LEAVES, setupWhole } from './whole-run.ts';

/** What moves a whole on; what a run's own units do is tried elsewhere, and what only reads leaves nothing. */
const OF_THE_WHOLE = /^\s*(BEGIN|COMMIT|INSERT|UPDATE|CREATE|WITH (ended|before))|FOR UPDATE|; COMMIT|;\nCOMMIT/;

const REQUEST = { table: ROOT, workers: 1 };

describe('killed after any statement', () => {
  it('while a whole begins, hands over from leaf to leaf, ends, or is given up between two', async () => {
    const run = await setupWhole();
    const die = async (database: TestDatabase, task: TaskName, action = 'repack') =>
      total(await dieEverywhere(database, { ...REQUEST, action }, [task], new StruckStatements(), OF_THE_WHOLE));
    let tried = await die(run.database, 'PRE_VALIDATION');
    expect(await run.leaves()).toEqual(['public.sales_2024 running', 'public.sales_2025 waiting']);
    await run.go({ stopAfter: 'SWAP' });
    tried += await die(run.database, 'CLEAN_UP');
    expect(await run.leaves()).toEqual(['public.sales_2024 done', 'public.sales_2025 waiting']);
    const ended = await run.clone();
    tried += await die(ended.database, 'PRE_VALIDATION');
    expect(await ended.leaves()).toEqual(['public.sales_2024 done', 'public.sales_2025 running']);
    await ended.go({ stopAfter: 'SWAP' });
    tried += await die(ended.database, 'CLEAN_UP');
    // The end is known although nobody has heard it: the same command is no new whole.
    const [, said] = await ended.go();
    const message = expect.stringMatching(/has gone through its partitions; 2 are done/);
    expect(said).toMatchObject({ status: 'stop', message });
    const counted = await ended.database.query(`
      SELECT (SELECT count(*)::int FROM shadowstep.whole WHERE stopped_because IS NULL) AS wholes,
             (SELECT count(*)::int FROM shadowstep.run) AS runs`);
    expect(counted).toEqual([{ wholes: 1, runs: 2 }]);
    await expectAllDone(ended);

    tried += await die(run.database, 'RESET', 'reset');
    expect(await run.leaves()).toEqual(['public.sales_2024 done', 'public.sales_2025 waiting']);
    const wholes = await run.database.query('SELECT stopped_because FROM shadowstep.whole');
    expect(wholes).toEqual([{ stopped_because: 'reset' }]);
    expect(tried).toBeGreaterThan(25);
    console.log(`kill points held ${tried}: a whole begins, hands over, ends, is given up`);
  });
});

/** Each unit's answer is lost once: the machine sends it again under the same driver. */
async function driveTwice(database: TestDatabase): Promise<string[]> {
  const tables: string[] = [];
  const unit = async (task: TaskName, driver: string): Promise<UnitResult> => {
    const sessions: Session[] = [];
    const openSession = async (purpose: string) => {
      const session = await openPostgresSession({ connectionString: database.urlOf('owner') }, { purpose });
      sessions.push(session);
      return session;
    };
    try {
      const event = { request: REQUEST, driver, unitsDone: 0 };
      return await runTask(task, event, { openSession, remainingMs: () => 3_600_000, log: silentLogger });
    } finally {
      await Promise.all(sessions.map((session) => session.end()));
    }
  };
  for (let executions = 0; executions < 10; executions += 1) {
    const driver = `arn:execution:${randomUUID()}`;
    let last: UnitResult | null = null;
    for (const task of STAGES) {
      do {
        await unit(task, driver);
        last = await unit(task, driver);
      } while (last.status === 'more' || last.status === 'wait');
      if (last.status !== 'done') break;
    }
    tables.push(`${last?.stage} ${last?.status}`);
    if (last?.status !== 'restart') return tables;
  }
  return tables;
}

describe('a unit that is done again since its answer was lost', () => {
  it('answers as before, at every stage and between the leaves', async () => {
    const run = await setupWhole();
    expect(await driveTwice(run.database)).toEqual([...SMALL_LEAVES.slice(1).map(() => 'DONE restart'), 'DONE stop']);
    await expectAllDone(run);
  });
});
