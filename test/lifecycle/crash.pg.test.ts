import { describe, expect, it } from 'vitest';
import { isRetryable } from '../../lambdas/engine/errors.ts';
import { silentLogger } from '../../lambdas/engine/log.ts';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import type { Session } from '../../lambdas/engine/postgres/session.ts';
import { runTask } from '../../lambdas/engine/run-unit.ts';
import { STAGES, type TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import { CrashingObserver } from '../support/crash-points.ts';
import type { TestDatabase } from '../support/database.ts';
import { drive } from './drive.ts';
import { ordersUnderWriters } from './orders-under-writers.ts';

/** What one process does: one unit, dying after its n-th statement. Its connections are gone at the end. */
async function oneProcess(
  url: string,
  task: TaskName,
  request: Readonly<Record<string, unknown>>,
  process: number,
  dieAfter: number,
): Promise<UnitResult | 'died' | 'not now'> {
  const observer = new CrashingObserver({ statement: dieAfter, moment: 'after' });
  const sessions: Session[] = [];
  const openSession = async (purpose: string) => {
    if (observer.crashed) {
      throw new Error('a dead process opens no connection');
    }
    const session = await openPostgresSession({ connectionString: url }, { purpose, observer });
    sessions.push(session);
    return session;
  };
  try {
    // A new process each time, none of them present any more when the next one comes.
    const event = { request, driver: `local:${process}`, unitsDone: 0 };
    return await runTask(task, event, { openSession, remainingMs: () => 3_600_000, log: silentLogger });
  } catch (error) {
    if (observer.crashed) {
      return 'died';
    }
    if (isRetryable(error)) {
      return 'not now';
    }
    throw error;
  } finally {
    await Promise.all(sessions.map((session) => session.end()));
  }
}

interface Survived {
  readonly tried: number;
  readonly byTask: Readonly<Record<string, number>>;
}

/**
 * Goes through the tasks, and in each unit dies after its first statement, then (resumed by another process) after its
 * second, and so on, until the unit outlives the crash point: every boundary between two statements is met.
 */
async function dieEverywhere(
  database: TestDatabase,
  request: Readonly<Record<string, unknown>>,
  tasks: readonly TaskName[],
): Promise<Survived> {
  const byTask: Record<string, number> = {};
  let tried = 0;
  let processes = 0;
  for (const task of tasks) {
    for (let dieAfter = 1; ; dieAfter += 1) {
      processes += 1;
      const result = await oneProcess(database.urlOf('owner'), task, request, processes, dieAfter);
      if (result === 'died') {
        tried += 1;
        byTask[task] = (byTask[task] ?? 0) + 1;
      } else if (result === 'not now' || result.status === 'wait') {
        // A writer was in the way: the same point once more.
        dieAfter -= 1;
      } else if (result.status === 'more') {
        dieAfter = 0;
      } else {
        break;
      }
    }
  }
  return { tried, byTask };
}

function fixture(seed: number) {
  return ordersUnderWriters({ rows: 800, keyShape: 'bigserial', seed, perSecond: 60 });
}

const table = 'public.orders';

describe('killed between any two statements', () => {
  it('a run recovers at every point, and loses nothing', async () => {
    const { database, expectAsBefore } = await fixture(21);
    const survived = await dieEverywhere(database, { table, workers: 2 }, ['REQUEST', ...STAGES]);
    await expectAsBefore();
    expect(await database.query('SELECT stage FROM shadowstep.run')).toEqual([{ stage: 'DONE' }]);
    for (const stage of STAGES) {
      expect(survived.byTask[stage], stage).toBeGreaterThan(5);
    }
    console.log(`kill points survived ${survived.tried} / tried ${survived.tried}: ${JSON.stringify(survived.byTask)}`);
  }, 600_000);

  it('a reset recovers at every point', async () => {
    const { database, expectAsBefore } = await fixture(22);
    await drive({ url: database.urlOf('owner'), request: { table, stopAfter: 'SYNC_SCHEMAS' } });
    const survived = await dieEverywhere(database, { table, action: 'reset' }, ['REQUEST', 'RESET']);
    await expectAsBefore();
    expect(survived.tried).toBeGreaterThan(10);
    console.log(`kill points survived ${survived.tried} / tried ${survived.tried}: ${JSON.stringify(survived.byTask)}`);
  }, 300_000);

  it('a revert recovers at every point', async () => {
    const { database, expectAsBefore } = await fixture(23);
    await drive({ url: database.urlOf('owner'), request: { table, stopAfter: 'SWAP' } });
    const survived = await dieEverywhere(database, { table, action: 'revert' }, ['REQUEST', 'REVERT']);
    await expectAsBefore();
    expect(survived.tried).toBeGreaterThan(20);
    console.log(`kill points survived ${survived.tried} / tried ${survived.tried}: ${JSON.stringify(survived.byTask)}`);
  }, 300_000);
});
