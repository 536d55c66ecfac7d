import { assertCaptureIntact } from '../capture/intact.ts';
import { changedSections } from '../catalog/compare-fingerprints.ts';
import { readTableFacts } from '../catalog/read-table-facts.ts';
import { drainUntilSmall } from '../drain/drain.ts';
import { forwardJob } from '../drain/jobs.ts';
import { SourceChangedError } from '../errors.ts';
import { pauseAfterAttempts } from '../locks/blockers.ts';
import { oldTableSchema } from '../object-names.ts';
import { lockRun, moveStage, setMarks } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitOutcome } from '../unit.ts';
import { recordedCopyOid, recordedFacts, type UnitContext } from '../unit-context.ts';
import { attemptExchange, type Exchange } from './exchange.ts';
import { describeHolder, listOldSnapshots, livingHolders, type SnapshotList } from './old-snapshots.ts';
import { validateForeignKeys } from './validate-foreign-keys.ts';

/**
 * SWAP: drain; wait out the snapshots that are older than that drain; drain again and exchange the tables in one attempt;
 * then validate the foreign keys. The drain goes on in every unit while something else is waited for.
 */
export async function swapUnit(ctx: UnitContext): Promise<UnitOutcome> {
  if (ctx.run.swapped) {
    return finishSwap(ctx);
  }
  await assertCaptureIntact(ctx);
  const job = await forwardJob(ctx);
  if (!(await drainUntilSmall(ctx, job))) {
    return { status: 'more', message: 'draining the change log' };
  }
  const waiting = await waitForOldSnapshots(ctx);
  if (waiting !== null) {
    return waiting;
  }
  if (!(await drainUntilSmall(ctx, job))) {
    return { status: 'more', message: 'draining the change log' };
  }
  const outcome = await attemptExchange(ctx, await forwardExchange(ctx));
  if (outcome.status !== 'done') {
    // What is drained from here on is newer than the list: the next attempt makes another one.
    await setMarks(ctx.session, ctx.run.runId, { old_snapshots: null });
    return outcome;
  }
  return { status: 'more', message: outcome.message };
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

/**
 * Null when no transaction with a snapshot from before the last drain is left (or patience has ended). The list is made
 * once and only those on it are waited for.
 */
export async function waitForOldSnapshots(ctx: UnitContext): Promise<UnitOutcome | null> {
  const { run, session, request } = ctx;
  const recorded = run.marks.old_snapshots as (SnapshotList & { listedAt?: string }) | null | undefined;
  const list = recorded ?? (await listOldSnapshots(session));
  const living = await livingHolders(session, list);
  if (living.length === 0) {
    return null;
  }
  const [waited] = await session.query<{ seconds: number; now: string }>(
    /* sql */ `
    SELECT COALESCE(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - $1::pg_catalog.timestamptz), 0)::pg_catalog.float8 AS seconds,
           pg_catalog.clock_timestamp()::pg_catalog.text AS now`,
    [recorded?.listedAt ?? null],
  );
  if (request.oldSnapshotPatienceSeconds !== null && (waited?.seconds ?? 0) >= request.oldSnapshotPatienceSeconds) {
    return null;
  }
  if (recorded === null || recorded === undefined) {
    await setMarks(session, run.runId, { old_snapshots: { ...list, listedAt: waited?.now } });
  }
  return {
    status: 'wait',
    seconds: pauseAfterAttempts(Math.floor((waited?.seconds ?? 0) / 5)),
    because: living.slice(0, 3).map(describeHolder).join('; '),
  };
}
