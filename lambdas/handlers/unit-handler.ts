import { isRetryable } from '../engine/errors.ts';
import type { Logger } from '../engine/log.ts';
import type { openPostgresSession } from '../engine/postgres/connect.ts';
import { asShadowstepError } from '../engine/postgres/sqlstate.ts';
import type { runTask } from '../engine/run-unit.ts';
import type { TaskName } from '../engine/stages.ts';
import type { UnitEvent, UnitResult } from '../engine/unit.ts';
import type { DatabaseLogin } from './database-login.ts';
import { edgeError } from './edge-error.ts';
import { sessionOpener } from './session-opener.ts';
import { checkedEvent, checkedResult } from './unit-contract.ts';

/** What a handler asks of its invocation: Lambda's context has it, and so has a local call. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/**
 * What a handler works with. On AWS these are `lambdaParts` (lambda-parts.ts); the local runner gives its own, so that
 * the code between the state machine and the engine is the same in both. Nothing here imports an AWS package.
 */
export interface HandlerParts<Context extends InvocationContext> {
  readonly runTask: typeof runTask;
  readonly openPostgresSession: typeof openPostgresSession;
  /** Called once, at the first invocation. Throws ConnectionConfigError. */
  readonly login: () => DatabaseLogin;
  /** The log of one invocation. */
  readonly logger: (task: TaskName, context: Context) => Logger;
}

/** The handler of one task: one bounded unit of work, with fresh connections, per invocation. */
export function unitHandler<Context extends InvocationContext>(
  task: TaskName,
  parts: HandlerParts<Context>,
): (event: UnitEvent, context: Context) => Promise<UnitResult> {
  let login: DatabaseLogin | undefined;
  return async (event, context) => {
    const log = parts.logger(task, context);
    const remainingMs = () => context.getRemainingTimeInMillis();
    try {
      // Once, at the first invocation: read at import, a fault would be an error without a name of ours.
      login ??= parts.login();
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
