import { drainUntilSmall } from '../drain/drain.ts';
import type { DrainJob } from '../drain/jobs.ts';
import { drainProgress } from '../drain/progress.ts';
import { findHeldUp, giveWay } from '../locks/held-up.ts';
import { pauseAfterAttempts } from '../locks/pauses.ts';
import { setMarksOf } from '../registry/runs.ts';
import type { UnitOutcome } from '../unit.ts';
import type { UnitContext } from '../unit-context.ts';
import {
  describeHolder,
  type LivingHolder,
  listOldSnapshots,
  livingHolders,
  type SnapshotList,
} from './old-snapshots.ts';

/** How long one unit watches the listed transactions before it lets the next one drain and list anew, ms; how often. */
const WATCH_MS = 5_000;
const WATCH_EVERY_MS = 20;

/** A list that has emptied this soon after the drain is as good as an empty one, ms. */
const SOON_MS = 60;

/**
 * So often a list that took longer to empty makes us drain and list anew, in the hope of a gap between transactions that
 * overlap. After that, or when there is no time for another round, the exchange is attempted: what was drained since is then
 * as old as those transactions were long.
 */
const MOST_ROUNDS = 20;

/**
 * Drains until the log is small, lists the transactions whose snapshot is older than that drain, and watches them without
 * draining: nobody then comes in between with a snapshot older than what was drained. `exchange` when the tables may
 * change places at once, else what to answer.
 *
 * @param ownPids further sessions of this unit: they are not waited for, and let go of their locks as soon as somebody who
 * stalls others waits for one of them (I-1)
 */
export async function drainAndOutwaitSnapshots(
  ctx: UnitContext,
  job: DrainJob,
  ownPids: readonly number[] = [],
): Promise<'exchange' | UnitOutcome> {
  const until = performance.now() + Math.min(WATCH_MS, ctx.remainingMs());
  let longestRoundMs = 0;
  for (let round = 1; ; round += 1) {
    const roundBegan = performance.now();
    if (!(await drainUntilSmall(ctx, job))) {
      return { status: 'more', message: 'draining the change log', progress: await drainProgress(ctx, job.names) };
    }
    const listedAt = performance.now();
    const list = await listSinceLastDrain(ctx, job, ownPids);
    let living = await livingHolders(ctx.session, list);
    while (living.length > 0 && performance.now() < until) {
      const heldUp = ownPids.length === 0 ? [] : await findHeldUp(ctx.session, ownPids, ctx.request.lockTimeoutMs);
      if (heldUp.length > 0) {
        return giveWay(ctx, heldUp, ctx.request.lockTimeoutMs);
      }
      await new Promise((resolve) => {
        setTimeout(resolve, WATCH_EVERY_MS);
      });
      living = await livingHolders(ctx.session, list);
    }
    if (living.length > 0) {
      return waitForHolders(ctx, living);
    }
    const now = performance.now();
    longestRoundMs = Math.max(longestRoundMs, now - roundBegan);
    // A round that time cuts off ends with a list that is not empty: where transactions of a quarter of a second and more
    // overlap without a gap, every unit ended so, before MOST_ROUNDS was reached, and the swap never came.
    if (now - listedAt < SOON_MS || round >= MOST_ROUNDS || now + longestRoundMs > until) {
      return 'exchange';
    }
  }
}

/** A list, and how much had been drained when it was made. */
interface KeptList {
  readonly changeLog: string;
  readonly drained: string;
  readonly list: SnapshotList;
}

/**
 * The list of the last drain that took anything. While the application writes nothing to the table, that is an old one:
 * who has come since then sees all that was drained, and is not waited for, however such transactions overlap.
 */
async function listSinceLastDrain(ctx: UnitContext, job: DrainJob, ownPids: readonly number[]): Promise<SnapshotList> {
  const { run, session } = ctx;
  const [slot] = await session.query<{ drained: string; kept: KeptList | null }>(
    /* sql */ `
    SELECT d.keys_drained || '+' || d.keys_put_back AS drained, r.marks -> 'snapshot_list' AS kept
    FROM shadowstep.drain_slot AS d JOIN shadowstep.run AS r ON r.run_id = d.run_id
    WHERE d.run_id = $1 AND d.change_log = $2`,
    [run.runId, job.names.log],
  );
  if (slot?.kept && slot.kept.drained === slot.drained && slot.kept.changeLog === job.names.log) {
    return slot.kept.list;
  }
  const list = await listOldSnapshots(session, ownPids);
  const kept: KeptList | null = slot ? { changeLog: job.names.log, drained: slot.drained, list } : null;
  await setMarksOf(session, run, ctx.driver, { snapshot_list: kept });
  return list;
}

/** Names who is waited for; lets the exchange go on once the request's patience has ended. */
async function waitForHolders(ctx: UnitContext, living: readonly LivingHolder[]): Promise<'exchange' | UnitOutcome> {
  const { run, session, request } = ctx;
  const since = typeof run.marks.old_snapshots_since === 'string' ? run.marks.old_snapshots_since : null;
  const [waited] = await session.query<{ seconds: number; now: string }>(
    /* sql */ `
    SELECT COALESCE(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - $1::pg_catalog.timestamptz), 0)::pg_catalog.float8 AS seconds,
           pg_catalog.clock_timestamp()::pg_catalog.text AS now`,
    [since],
  );
  if (request.oldSnapshotPatienceSeconds !== null && (waited?.seconds ?? 0) >= request.oldSnapshotPatienceSeconds) {
    return 'exchange';
  }
  if (since === null) {
    await setMarksOf(session, run, ctx.driver, { old_snapshots_since: waited?.now });
  }
  return {
    status: 'wait',
    seconds: pauseAfterAttempts(Math.floor((waited?.seconds ?? 0) / 5)),
    because: living.slice(0, 3).map(describeHolder).join('; '),
  };
}
