import { type ChangeLogNames, logTable } from '../capture/change-log.ts';
import { followTruncate } from '../capture/truncated.ts';
import type { Session } from '../postgres/session.ts';
import type { UnitContext } from '../unit-context.ts';
import { countPending, drainBatch } from './drain-batch.ts';
import type { DrainJob } from './jobs.ts';
import { stopAtViolation } from './violation.ts';

/**
 * Log rows a drain transaction takes at first, and at least; doubled while one takes less than a quarter of a second,
 * halved when one takes longer than a batch of the backfill should: who wants a strong lock waits for one of either (I-1).
 */
const FIRST_BATCH = 1_000;
const LARGEST_BATCH = 50_000;
const QUICK_MS = 250;

/** A log this short is left to the swap's own drain: some 20 ms worth of keys. */
export const SMALL_LOG_ROWS = 200;

/** Passes in a row that put back all they took, none of it logged anew: the copy has a constraint the data violates. */
const FRUITLESS_PASSES = 2;

/**
 * The same for traffic that never pauses: a key put back this often has met another stale row in its way in every single
 * pass, which an exchange of unique values does not do.
 */
const PUT_BACK_TOO_OFTEN = 100;

/** The log is vacuumed after so many drained rows: a queue table under churn rots. */
const VACUUM_AFTER_ROWS = 100_000n;

/**
 * Drains until the log is small or the unit's time is spent. Follows a TRUNCATE. Resolves to true when the log is small.
 * Throws ConstraintViolatedByDataError when rows can never be put in.
 */
export async function drainUntilSmall(ctx: UnitContext, job: DrainJob, reserveMs = 0): Promise<boolean> {
  let batchSize = FIRST_BATCH;
  while (ctx.remainingMs() > reserveMs) {
    const started = performance.now();
    const batch = await drainBatch(ctx.session, ctx.run, ctx.driver, job.names, batchSize);
    if (batch.truncated) {
      await followTruncate(ctx.session, ctx.run, ctx.driver, job.names, job.follower);
      continue;
    }
    if (batch.fruitlessPasses >= FRUITLESS_PASSES || batch.mostPutBack >= PUT_BACK_TOO_OFTEN) {
      await stopAtViolation(ctx, job);
    }
    await vacuumLogIfDue(ctx, job.names);
    if (batch.passEnded && (await countPending(ctx.session, job.names, SMALL_LOG_ROWS + 1)) <= SMALL_LOG_ROWS) {
      if (batch.putBack === 0n) {
        return true;
      }
      // What was put back wants another pass: it may be what a violated constraint looks like.
      continue;
    }
    const tookMs = performance.now() - started;
    if (tookMs < QUICK_MS) {
      batchSize = Math.min(batchSize * 2, LARGEST_BATCH);
    } else if (tookMs > ctx.request.targetBatchMs) {
      batchSize = Math.max(Math.trunc(batchSize / 2), FIRST_BATCH);
    }
  }
  return false;
}

async function vacuumLogIfDue(ctx: UnitContext, names: ChangeLogNames): Promise<void> {
  const [slot] = await ctx.session.query<{ due: boolean }>(
    /* sql */ `
    SELECT drained_since_vacuum >= $3 AS due FROM shadowstep.drain_slot WHERE run_id = $1 AND change_log = $2`,
    [ctx.run.runId, names.log, VACUUM_AFTER_ROWS],
  );
  if (slot?.due) {
    await vacuumLog(ctx.session, names, ctx.remainingMs());
    await ctx.session.query(
      /* sql */ `UPDATE shadowstep.drain_slot SET drained_since_vacuum = 0 WHERE run_id = $1 AND change_log = $2`,
      [ctx.run.runId, names.log],
    );
  }
}

/** SHARE UPDATE EXCLUSIVE on the log: capture triggers go on appending. */
async function vacuumLog(session: Session, names: ChangeLogNames, timeoutMs: number): Promise<void> {
  await session.withStatementTimeout(Math.max(1_000, timeoutMs), () =>
    session.query(/* sql */ `VACUUM (ANALYZE, TRUNCATE false) ${logTable(names)}`),
  );
}
