import type { Logger } from '../engine/log.ts';
import { runTask } from '../engine/run-unit.ts';
import type { TaskName } from '../engine/stages.ts';
import type { UnitEvent, UnitResult } from '../engine/unit.ts';
import type { DatabaseLogin } from '../handlers/database-login.ts';
import { type InvocationContext, unitHandler } from '../handlers/unit-handler.ts';
import type { OpenLocalSession } from './database.ts';

/** What a function on AWS has for one invocation; here too, so that a unit meets the same bounds. */
const INVOCATION_MS = 15 * 60 * 1_000;

export interface LocalFunctionOptions {
  readonly openSession: OpenLocalSession;
  readonly log: Logger;
  /** Told to stop, an invocation is over: the unit returns at its next look, with all it has done committed. */
  readonly stop?: AbortSignal | undefined;
}

/** The session's opener knows the database already; a password that was refused would be refused again. */
const KNOWN_LOGIN: DatabaseLogin = { clientConfig: async () => ({}), forget: () => false };

/** What was thrown behind an error that left a handler; a Map would keep every one of them. */
const originals = new WeakMap<object, unknown>();

/**
 * Does one unit by the shipped handler of its task: its checks of what comes in and goes out, its sessions, its errors.
 * Rejects with the error as it leaves the function; `originalOf` has the one behind it.
 */
export function localFunctions(
  options: LocalFunctionOptions,
): (task: TaskName, event: UnitEvent) => Promise<UnitResult> {
  const { openSession, log, stop } = options;
  return async (task, event) => {
    let thrown: unknown;
    const handler = unitHandler<InvocationContext>(task, {
      runTask: async (...call) => {
        try {
          return await runTask(...call);
        } catch (error) {
          thrown = error;
          throw error;
        }
      },
      openPostgresSession: (_config, { purpose, statementTimeoutMs }) => openSession(purpose, statementTimeoutMs),
      login: () => KNOWN_LOGIN,
      logger: () => log,
    });
    const endsAt = performance.now() + INVOCATION_MS;
    try {
      return await handler(event, {
        getRemainingTimeInMillis: () => (stop?.aborted ? 0 : Math.max(0, endsAt - performance.now())),
      });
    } catch (error) {
      if (thrown !== undefined && error instanceof Error) {
        originals.set(error, thrown);
      }
      throw error;
    }
  };
}

/** The error behind one that left a function: it has its class, the refusals one by one, and its causes for --debug. */
export function originalOf(error: unknown): unknown {
  return (error instanceof Error ? originals.get(error) : undefined) ?? error;
}
