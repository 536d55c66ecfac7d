import { isRetryable } from '../../lambdas/engine/errors.ts';
import { silentLogger } from '../../lambdas/engine/log.ts';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import type { Session, StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import { runTask } from '../../lambdas/engine/run-unit.ts';
import type { TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import { CrashingObserver } from '../support/crash-points.ts';
import type { TestDatabase } from '../support/database.ts';
import { progressOf } from '../support/progress.ts';
import { SentStatements, StruckStatements } from '../support/struck-statements.ts';

interface Process {
  readonly url: string;
  readonly task: TaskName;
  readonly request: Readonly<Record<string, unknown>>;
  readonly driver: string;
  /** Of each session; the sessions are numbered as they are opened. */
  readonly observerOf: (session: number) => StatementObserver;
  readonly isDead?: () => boolean;
}

/** What one process does: one unit. Its connections are gone at the end. */
async function oneUnit(process: Process): Promise<UnitResult> {
  const sessions: Session[] = [];
  const openSession = async (purpose: string) => {
    if (process.isDead?.() === true) {
      throw new Error('a dead process opens no connection');
    }
    const observer = process.observerOf(sessions.length);
    const session = await openPostgresSession({ connectionString: process.url }, { purpose, observer });
    sessions.push(session);
    return session;
  };
  try {
    const event = { request: process.request, driver: process.driver, unitsDone: 0 };
    return await runTask(process.task, event, { openSession, remainingMs: () => 3_600_000, log: silentLogger });
  } finally {
    await Promise.all(sessions.map((session) => session.end()));
  }
}

/** More units that neither die nor get further than any of these tests needs. */
const MOST_TRIES = 200;

/**
 * What a run sends that nobody disturbs, beside which the struck statements are held. Not what a unit sends that finds an
 * application's lock in its way: that is tried where locks are (test/locks), and another time nobody is in the way.
 */
async function sentBy(
  url: string,
  request: Readonly<Record<string, unknown>>,
  tasks: readonly TaskName[],
): Promise<SentStatements> {
  const sent = new SentStatements();
  for (const task of tasks) {
    for (let tries = 0, over = false; !over; tries += 1) {
      if (tries > MOST_TRIES) throw new Error(`${task} comes to no end`);
      const texts: string[] = [];
      const observer = { before: (text: string) => void texts.push(text), after() {} };
      try {
        const { status } = await oneUnit({ url, task, request, driver: 'local:0', observerOf: () => observer });
        if (status === 'wait') continue;
        for (const text of texts) sent.add(task, text);
        over = status !== 'more';
      } catch (error) {
        if (!isRetryable(error)) throw error;
      }
    }
  }
  return sent;
}

/** After the first, at most: behind the COMMIT that ends a stage come two statements more, one of them met by each. */
export const MOST_RUNS = 3;

export interface Mortality {
  /** In whose database the process dies everywhere, one unit after the other. */
  readonly dying: TestDatabase;
  /** In the same state: a run that nobody disturbs goes through the same tasks here. */
  readonly unbroken: () => Promise<TestDatabase>;
  /** In the same state, each time: where a run dies that meets what those before it could not. */
  readonly rest: () => Promise<TestDatabase>;
  readonly request: Readonly<Record<string, unknown>>;
  readonly tasks: readonly TaskName[];
  /** What an unbroken run sends and neither of the two that die, with the reason beside it. Default: nothing. */
  readonly neverMet?: readonly RegExp[];
}

/**
 * Dies after every statement that an unbroken run sends, in every state that the registry and the catalog take on. Throws
 * when a statement was left out. Resolves to how often the process died, by task, and to how many runs it took after the first.
 */
export async function dieThroughout(
  mortality: Mortality,
): Promise<{ readonly deaths: Readonly<Record<string, number>>; readonly runs: number }> {
  const { dying, unbroken, rest, request, tasks, neverMet } = mortality;
  const struck = new StruckStatements();
  const sent = await sentBy((await unbroken()).urlOf('owner'), request, tasks);
  const deaths = await dieEverywhere(dying, request, tasks, struck);
  let runs = 0;
  for (; runs < MOST_RUNS && struck.narrowToMissed(sent, neverMet); runs += 1) {
    const more = await dieEverywhere(await rest(), request, tasks, struck);
    for (const [task, count] of Object.entries(more)) deaths[task] = (deaths[task] ?? 0) + count;
  }
  struck.expectToCover(sent, neverMet);
  return { deaths, runs };
}

export function total(deaths: Readonly<Record<string, number>>): number {
  return Object.values(deaths).reduce((sum, count) => sum + count, 0);
}

/**
 * Goes through the tasks, and dies after each statement: at the first point that was not struck before, each time with a
 * new process, until a unit meets none any more. See `StruckStatements` for what counts as a point. Resolves to how often
 * it died, by task.
 */
export async function dieEverywhere(
  database: TestDatabase,
  request: Readonly<Record<string, unknown>>,
  tasks: readonly TaskName[],
  struck: StruckStatements,
  /** After which statements; default: after each. */
  meets = /^/,
): Promise<Record<string, number>> {
  const url = database.urlOf('owner');
  const deaths: Record<string, number> = {};
  let processes = 0;
  for (const task of tasks) {
    for (let tries = 0, over = false; !over; tries += 1) {
      if (tries > MOST_TRIES) throw new Error(`${task} does not get past a statement`);
      processes += 1;
      const points = struck.unit(task, await progressOf(database));
      let speaking = 0;
      const counts = { test: (text: string) => points.isPoint(speaking, text, meets.test(text)) };
      const observer = new CrashingObserver({ statement: 1, moment: 'after', counts });
      const observerOf = (session: number): StatementObserver => ({
        before(text) {
          speaking = session;
          observer.before(text);
        },
        after: () => observer.after(),
      });
      try {
        // A new process each time, none of them present any more when the next one comes.
        const driver = `local:${processes}`;
        const { status } = await oneUnit({ url, task, request, driver, observerOf, isDead: () => observer.crashed });
        over = status !== 'more' && status !== 'wait' && !observer.crashed;
        if (status === 'more') tries = 0;
      } catch (error) {
        // Else a writer was in the way: the same once more.
        if (!observer.crashed && !isRetryable(error)) throw error;
      }
      if (observer.crashed) {
        tries = 0;
        deaths[task] = (deaths[task] ?? 0) + 1;
      }
    }
  }
  return deaths;
}
