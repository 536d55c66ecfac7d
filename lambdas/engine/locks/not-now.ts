import { type Blocker, describeBlocker } from '../errors.ts';
import { sqlstateOf } from '../postgres/sqlstate.ts';
import { insertEvent } from '../registry/events.ts';
import { countLockAttempt } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitOutcome } from '../unit.ts';
import type { UnitContext } from '../unit-context.ts';
import type { AttemptBound } from './attempt-bound.ts';
import { findBlockers, isOurs, type WantedLock } from './blockers.ts';
import { endBlockers } from './end-blockers.ts';
import { lookBeforeLocking, rememberSights } from './first-sight.ts';
import { pauseAfterAttempts, pauseForStall } from './pauses.ts';

/** lock_not_available, query_canceled (the attempt's statement_timeout), deadlock_detected. */
const NOT_NOW = new Set(['55P03', '57014', '40P01']);

/** True when an attempt at a lock was rolled back for want of it. */
export function isNotNow(error: unknown): boolean {
  return NOT_NOW.has(sqlstateOf(error) ?? '');
}

/** Transactions younger than this are traffic, not somebody who has stayed, s. */
const SHORT_LIVED_S = 5;

/** How many of the blockers an answer names; the event has them all. */
const MOST_NAMED = 3;

/**
 * "Not now" is an outcome, not an error: counts the attempt, ends the blockers where the request says so, names them in an
 * event and in the answer, and says how long to pause. Pauses grow only for one who stays: short transactions that overlap
 * leave a gap now and then.
 *
 * @param stalledMs how long the attempt may have stalled others; 0 when it only looked
 * @param unblocked what to say where there are no blockers. Default: that the lock was not had
 */
export async function notNow(
  ctx: UnitContext,
  blockers: readonly Blocker[],
  stalledMs: number,
  unblocked = `the lock on ${formatTableName(ctx.run.source)} was not had within ${ctx.request.lockTimeoutMs} ms`,
): Promise<UnitOutcome & { readonly status: 'wait' }> {
  const attempts = await countLockAttempt(ctx.session, ctx.run.runId);
  const { because, patienceSeconds, ended } = await settleBlockers(
    ctx,
    blockers,
    { attempt: attempts },
    Math.min(stalledMs, ctx.request.lockTimeoutMs),
  );
  const shortLived = blockers.every((blocker) => blocker.ageSeconds !== null && blocker.ageSeconds < SHORT_LIVED_S);
  const calm = blockers.length > 0 && (shortLived || ended);
  const pause = pauseAfterAttempts(calm ? 0 : attempts);
  return {
    status: 'wait',
    // Not beyond the moment at which the patience with somebody ends.
    seconds: Math.max(pauseForStall(stalledMs), Math.min(pause, Math.max(1, Math.ceil(patienceSeconds)))),
    because: because ?? unblocked,
  };
}

export interface SettledBlockers {
  /** The sentence that names them; null when there are none. */
  readonly because: string | null;
  /** Until somebody is to be ended, s; infinite when nobody is. */
  readonly patienceSeconds: number;
  /** True when all of them were signalled. */
  readonly ended: boolean;
}

/** Remembers them, ends those whom the request wants ended, and records the event. */
export async function settleBlockers(
  ctx: UnitContext,
  blockers: readonly Blocker[],
  detail: Readonly<Record<string, unknown>>,
  lockWaitMs = 0,
): Promise<SettledBlockers> {
  const sights = blockers.length > 0 ? await rememberSights(ctx.session, ctx.run.runId, blockers) : new Map();
  const verdicts = await endBlockers(ctx, blockers, sights);
  await insertEvent(ctx.session, ctx.run.runId, {
    stage: ctx.run.stage,
    kind: 'wait',
    // An attempt in vain counts as well: it is what others were stalled for.
    ...(lockWaitMs > 0 ? { lockWaitMs } : {}),
    detail: {
      ...detail,
      blockers: verdicts.map(({ blocker, why }) => ({ ...blocker, ...(why === null ? {} : { why }) })),
    },
  });
  const named = verdicts
    .slice(0, MOST_NAMED)
    .map(({ blocker, why }) => `${describeBlocker(blocker)}${why === null ? '' : `; ${why}`}`);
  return {
    because: named.length === 0 ? null : named.join('; '),
    patienceSeconds: Math.min(...verdicts.map((verdict) => verdict.patienceSeconds ?? Number.POSITIVE_INFINITY)),
    ended: verdicts.length > 0 && verdicts.every((verdict) => verdict.ended),
  };
}

/**
 * Who made an attempt fail: transactions that are at least as old as it was, since who queued behind it may hold the
 * table by now; an autovacuum too. Our own sessions only when nobody else is there.
 *
 * @param waitedMs how long the attempt has waited for its locks, ms. Default: lockTimeoutMs
 */
export async function findCulprits(
  ctx: UnitContext,
  oids: readonly number[],
  wanted: WantedLock,
  waitedMs: number = ctx.request.lockTimeoutMs,
): Promise<Blocker[]> {
  const found = await findBlockers(ctx.session, oids, {
    wanted,
    momentMs: waitedMs,
    runId: ctx.run.runId,
    withUnknownAge: true,
    withAutovacuum: true,
  });
  const others = found.filter((blocker) => !isOurs(blocker));
  return others.length > 0 ? others : found;
}

/**
 * One attempt at work that takes a strong lock: looks first and does not queue behind a session that has been there for
 * more than a moment; when the lock is not had in time all the same, names who holds it now.
 *
 * @param bound of the attempt that has failed, where it is more than the wait for one lock
 */
export async function attemptUnderLock(
  ctx: UnitContext,
  tables: readonly number[],
  wanted: WantedLock,
  momentMs: number,
  work: () => Promise<UnitOutcome>,
  bound: () => AttemptBound | null = () => null,
): Promise<UnitOutcome> {
  const inTheWay = await lookBeforeLocking(ctx, tables, wanted, momentMs);
  if (inTheWay.length > 0) {
    return notNow(ctx, inTheWay, 0);
  }
  try {
    return await work();
  } catch (error) {
    if (!isNotNow(error)) {
      throw error;
    }
    const { lockTimeoutMs } = ctx.request;
    const { lockWaitMs, longestMs } = bound() ?? { lockWaitMs: lockTimeoutMs, longestMs: lockTimeoutMs };
    return notNow(ctx, await findCulprits(ctx, tables, wanted, lockWaitMs), longestMs);
  }
}
