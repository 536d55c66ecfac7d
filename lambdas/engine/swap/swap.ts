import { assertCaptureIntact } from '../capture/intact.ts';
import { changedSections } from '../catalog/compare-fingerprints.ts';
import { readTableFacts } from '../catalog/read-table-facts.ts';
import { type DrainJob, drainUntilSmall } from '../drain/drain.ts';
import { forwardJob } from '../drain/jobs.ts';
import { SourceChangedError } from '../errors.ts';
import { pauseAfterAttempts } from '../locks/blockers.ts';
import { oldTableSchema } from '../object-names.ts';
import { lockRun, moveStage, setMarks } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitOutcome } from '../unit.ts';
import { recordedCopyOid, recordedFacts, type UnitContext } from '../unit-context.ts';
import { attemptExchange, type Exchange } from './exchange.ts';
import { describeHolder, type LivingHolder, listOldSnapshots, livingHolders } from './old-snapshots.ts';
import { validateForeignKeys } from './validate-foreign-keys.ts';

/**
 * SWAP: drain; wait out the snapshots that are older than that drain; exchange the tables in one attempt; then validate
 * the foreign keys. The drain goes on in every unit while something else is waited for.
 */
export async function swapUnit(ctx: UnitContext): Promise<UnitOutcome> {
  if (ctx.run.swapped) {
    return finishSwap(ctx);
  }
  await assertCaptureIntact(ctx);
  const job = await forwardJob(ctx);
  const next = await drainAndOutwaitSnapshots(ctx, job);
  if (next !== 'exchange') {
    return next;
  }
  const outcome = await attemptExchange(ctx, await forwardExchange(ctx));
  return outcome.status === 'done' ? { status: 'more', message: outcome.message } : outcome;
}

async function forwardExchange(ctx: UnitContext): Promise<Exchange> {
  const { run } = ctx;
  return {
    stage: 'SWAP',
    liveOid: run.sourceOid,
    replacementOid: recordedCopyOid(run),
    parkSchema: oldTableSchema(run.runId),
    job: await forwardJob(ctx),
    captureInReverse: true,
    async assertUnchanged(live) {
      const changed = changedSections(recordedFacts(run).fingerprint, live.fingerprint);
      if (changed.length > 0) {
        throw new SourceChangedError(formatTableName(run.source), changed);
      }
      await assertCaptureIntact(ctx);
    },
  };
}

/** After the exchange: remember what the new table looks like, for the revert; then the foreign keys. */
async function finishSwap(ctx: UnitContext): Promise<UnitOutcome> {
  const { run, session } = ctx;
  if (run.newFingerprint === null) {
    const facts = await readTableFacts(session, recordedCopyOid(run));
    await session.query(
      /* sql */ `UPDATE shadowstep.run SET new_fingerprint = $2 WHERE run_id = $1 AND new_fingerprint IS NULL`,
      [run.runId, JSON.stringify(facts?.fingerprint ?? {})],
    );
  }
  const validating = await validateForeignKeys(ctx);
  if (validating !== null) {
    return validating;
  }
  await session.transaction({}, async (tx) => {
    await lockRun(tx, run, ctx.driver, 'UPDATE');
    await moveStage(tx, run, 'CLEAN_UP');
  });
  return { status: 'done', message: 'the new table is in place, its foreign keys validated' };
}

/** How long one unit watches the listed transactions before it lets the next one drain and list anew, ms; how often. */
const WATCH_MS = 5_000;
const WATCH_EVERY_MS = 20;

/** A list that has emptied this soon after the drain is as good as an empty one, ms. */
const SOON_MS = 60;

/**
 * So often a list that took longer to empty makes us drain and list anew, in the hope of a gap between transactions that
 * overlap. After that the exchange is attempted: what was drained since is then as old as those transactions were long.
 */
const MOST_ROUNDS = 20;

/**
 * Drains until the log is small, lists the transactions whose snapshot is older than that drain, and watches them without
 * draining: nobody then comes in between with a snapshot older than what was drained. `exchange` when the tables may
 * change places at once, else what to answer.
 */
export async function drainAndOutwaitSnapshots(ctx: UnitContext, job: DrainJob): Promise<'exchange' | UnitOutcome> {
  const until = performance.now() + Math.min(WATCH_MS, ctx.remainingMs());
  for (let round = 1; ; round += 1) {
    if (!(await drainUntilSmall(ctx, job))) {
      return { status: 'more', message: 'draining the change log' };
    }
    const listedAt = performance.now();
    const list = await listOldSnapshots(ctx.session);
    let living = await livingHolders(ctx.session, list);
    while (living.length > 0 && performance.now() < until) {
      await new Promise((resolve) => {
        setTimeout(resolve, WATCH_EVERY_MS);
      });
      living = await livingHolders(ctx.session, list);
    }
    if (living.length > 0) {
      return waitForHolders(ctx, living);
    }
    if (performance.now() - listedAt < SOON_MS || round >= MOST_ROUNDS) {
      return 'exchange';
    }
  }
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
    await setMarks(session, run.runId, { old_snapshots_since: waited?.now });
  }
  return {
    status: 'wait',
    seconds: pauseAfterAttempts(Math.floor((waited?.seconds ?? 0) / 5)),
    because: living.slice(0, 3).map(describeHolder).join('; '),
  };
}
