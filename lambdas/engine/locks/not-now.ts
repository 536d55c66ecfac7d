import type { Blocker } from '../errors.ts';
import { sqlstateOf } from '../postgres/sqlstate.ts';
import { insertEvent } from '../registry/events.ts';
import { countLockAttempt } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitOutcome } from '../unit.ts';
import type { UnitContext } from '../unit-context.ts';
import { findBlockers, pauseAfterAttempts, type WantedLock, waitForBlockers } from './blockers.ts';

/** lock_not_available, query_canceled (the attempt's statement_timeout), deadlock_detected. */
const NOT_NOW = new Set(['55P03', '57014', '40P01']);

/** True when an attempt at a lock was rolled back for want of it. */
export function isNotNow(error: unknown): boolean {
  return NOT_NOW.has(sqlstateOf(error) ?? '');
}

/** "Not now" is an outcome, not an error: counts the attempt, names the blockers in an event and in the answer. */
export async function notNow(ctx: UnitContext, blockers: readonly Blocker[]): Promise<UnitOutcome> {
  const attempts = await countLockAttempt(ctx.session, ctx.run.runId);
  await insertEvent(ctx.session, ctx.run.runId, {
    stage: ctx.run.stage,
    kind: 'wait',
    detail: { attempt: attempts, blockers },
  });
  return blockers.length > 0
    ? waitForBlockers(blockers, attempts)
    : {
        status: 'wait',
        seconds: pauseAfterAttempts(attempts),
        because: `the lock on ${formatTableName(ctx.run.source)} was not had within ${ctx.request.lockTimeoutMs} ms`,
      };
}

/**
 * One attempt at work that takes a strong lock: looks first and does not queue behind a session that has been there for
 * more than a moment; when the lock is not had in time all the same, names who holds it now.
 */
export async function attemptUnderLock(
  ctx: UnitContext,
  tables: readonly number[],
  wanted: WantedLock,
  momentMs: number,
  work: () => Promise<UnitOutcome>,
): Promise<UnitOutcome> {
  const inTheWay = await findBlockers(ctx.session, tables, wanted, momentMs);
  if (inTheWay.length > 0) {
    return notNow(ctx, inTheWay);
  }
  try {
    return await work();
  } catch (error) {
    if (!isNotNow(error)) {
      throw error;
    }
    return notNow(ctx, await findBlockers(ctx.session, tables, wanted, 0));
  }
}
