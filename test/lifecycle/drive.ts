import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { isRetryable, ShadowstepError } from '../../lambdas/engine/errors.ts';
import { silentLogger } from '../../lambdas/engine/log.ts';
import { KeptConnections } from '../../lambdas/engine/postgres/connect.ts';
import type { OpenSession, Session, StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import { runTask } from '../../lambdas/engine/run-unit.ts';
import { STAGES, type TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';

export interface DriveOptions {
  /** Connection URL of the role that runs the tool. */
  readonly url: string;
  readonly request: Readonly<Record<string, unknown>>;
  /** Default: a new one each time, as each execution is. */
  readonly driver?: string;
  /** Sees every statement of every session; throws to crash. */
  readonly observer?: StatementObserver & { readonly crashed?: boolean };
  /** Called after each unit; awaited. */
  readonly onUnit?: (task: TaskName, result: UnitResult) => void | Promise<void>;
  /** Makes the socket of each connection, e.g. to look at what crosses the wire. */
  readonly stream?: () => Socket;
  /** Time that each unit has, ms. Default: an hour. */
  readonly unitMs?: number;
  /** What is left of each unit, ms; in place of `unitMs`, for a time that a test lets run out at a moment of its own. */
  readonly remainingMs?: () => number;
  /** Opens the sessions in place of this, with its own observer and stream; whoever gives it closes them. */
  readonly openSession?: OpenSession;
}

/** More units than any run of these tests needs: a loop that does not end is a failure, not a hang. */
const MOST_UNITS = 3_000;

/**
 * Advances a run as the state machine does, without one: the tasks in order, `more` and `wait` again at once, retryable
 * errors again, anything else thrown. Whatever happens, every connection it opened is closed, as when a process dies.
 */
export async function drive(options: DriveOptions): Promise<UnitResult[]> {
  const results: UnitResult[] = [];
  const sessions: Session[] = [];
  const connections = new KeptConnections({
    connectionString: options.url,
    ...(options.stream === undefined ? {} : { stream: options.stream }),
  });
  const openOne = async (purpose: string) => {
    if (options.observer?.crashed === true) {
      throw new Error('a dead process opens no connection');
    }
    const session = await connections.open(
      options.observer === undefined ? { purpose } : { purpose, observer: options.observer },
    );
    sessions.push(session);
    return session;
  };
  const openSession = options.openSession ?? openOne;
  const driver = options.driver ?? `test:${randomUUID()}`;
  const unitMs = options.unitMs ?? 3_600_000;
  const run = async (task: TaskName): Promise<UnitResult> => {
    for (;;) {
      if (results.length >= MOST_UNITS) {
        throw new Error(`${MOST_UNITS} units and no end: ${JSON.stringify(results.slice(-3))}`);
      }
      const started = performance.now();
      const event = { request: options.request, driver, unitsDone: results.length % 1_000 };
      const remainingMs = options.remainingMs ?? (() => unitMs - (performance.now() - started));
      const environment = { openSession, remainingMs, log: silentLogger };
      try {
        const result = await runTask(task, event, environment);
        results.push(result);
        await options.onUnit?.(task, result);
        if (result.status === 'more' || result.status === 'wait') {
          continue;
        }
        return result;
      } catch (error) {
        if (options.observer?.crashed === true || !isRetryable(error)) {
          throw error;
        }
      }
    }
  };
  try {
    const first = await run('REQUEST');
    if (first.status === 'stop') {
      return results;
    }
    const tasks: Readonly<Record<UnitResult['action'], readonly TaskName[]>> = {
      repack: STAGES,
      revert: ['REVERT'],
      reset: ['RESET'],
      'clean-up': ['CLEAN_UP'],
    };
    for (const task of tasks[first.action]) {
      const { status } = await run(task);
      if (status === 'restart') {
        return [...results, ...(await drive({ ...options, driver: `test:${randomUUID()}` }))];
      }
      if (status === 'stop') {
        break;
      }
    }
    return results;
  } finally {
    await connections.close();
    await Promise.all(sessions.map((session) => session.end()));
  }
}

/** The name under which something failed; throws when nothing did. */
export async function errorNameOf(failing: Promise<unknown>): Promise<string> {
  try {
    await failing;
  } catch (error) {
    if (error instanceof ShadowstepError) {
      return error.name;
    }
    throw error;
  }
  throw new Error('it did not fail');
}
