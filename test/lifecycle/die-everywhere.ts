import { isRetryable } from '../../lambdas/engine/errors.ts';
import { silentLogger } from '../../lambdas/engine/log.ts';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import type { Session } from '../../lambdas/engine/postgres/session.ts';
import { runTask } from '../../lambdas/engine/run-unit.ts';
import type { TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import { CrashingObserver } from '../support/crash-points.ts';
import type { TestDatabase } from '../support/database.ts';

/** What one process does: one unit, dying after its n-th statement. Its connections are gone at the end. */
async function oneProcess(
  url: string,
  task: TaskName,
  request: Readonly<Record<string, unknown>>,
  process: number,
  dieAfter: number,
  counts: RegExp,
): Promise<UnitResult | 'died' | 'not now'> {
  const observer = new CrashingObserver({ statement: dieAfter, moment: 'after', counts });
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

export interface Survived {
  readonly tried: number;
  readonly byTask: Readonly<Record<string, number>>;
}

/**
 * Goes through the tasks, and in each unit dies after its first statement, then (resumed by another process) after its
 * second, and so on, until the unit outlives the crash point: every boundary between two statements is met.
 */
export async function dieEverywhere(
  database: TestDatabase,
  request: Readonly<Record<string, unknown>>,
  tasks: readonly TaskName[],
  /** After which statements; default: after each. What only reads leaves nothing behind. */
  counts = /^/,
): Promise<Survived> {
  const byTask: Record<string, number> = {};
  let tried = 0;
  let processes = 0;
  for (const task of tasks) {
    for (let dieAfter = 1; ; dieAfter += 1) {
      processes += 1;
      const result = await oneProcess(database.urlOf('owner'), task, request, processes, dieAfter, counts);
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
