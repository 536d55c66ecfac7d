import type { Context } from 'aws-lambda';
import { isRetryable } from '../engine/errors.ts';
import { openPostgresSession } from '../engine/postgres/connect.ts';
import { asShadowstepError } from '../engine/postgres/sqlstate.ts';
import { runTask } from '../engine/run-unit.ts';
import type { TaskName } from '../engine/stages.ts';
import type { UnitEvent, UnitResult } from '../engine/unit.ts';
import { type DatabaseLogin, databaseLogin } from './database-login.ts';
import { edgeError } from './edge-error.ts';
import { readEnvironment } from './environment.ts';
import { functionLogger } from './function-logger.ts';
import { sessionOpener } from './session-opener.ts';
import { checkedEvent, checkedResult } from './unit-contract.ts';

/** What a handler calls; tests give their own. */
export interface HandlerParts {
  readonly runTask: typeof runTask;
  readonly openPostgresSession: typeof openPostgresSession;
  readonly environment: NodeJS.ProcessEnv;
}

/** The handler of one task: one bounded unit of work, with fresh connections, per invocation. */
export function unitHandler(
  task: TaskName,
  parts: HandlerParts = { runTask, openPostgresSession, environment: process.env },
): (event: UnitEvent, context: Context) => Promise<UnitResult> {
  let login: DatabaseLogin | undefined;
  return async (event, context) => {
    const log = functionLogger(task, context);
    const remainingMs = () => context.getRemainingTimeInMillis();
    try {
      // Once, at the first invocation: read at import, a fault would be an error without a name of ours.
      login ??= databaseLogin(readEnvironment(parts.environment));
      const openSession = sessionOpener(parts.openPostgresSession, login, remainingMs);
      return checkedResult(await parts.runTask(task, checkedEvent(event), { openSession, remainingMs, log }));
    } catch (thrown) {
      const error = asShadowstepError(thrown);
      // What the machine repeats heals itself; the rest needs a person.
      log[isRetryable(error) ? 'warn' : 'error'](error.message, { error: error.name });
      throw edgeError(error);
    }
  };
}
