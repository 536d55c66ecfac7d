import { assertAsRemembered } from '../capture/copy-intact.ts';
import { assertGuardIntact } from '../capture/guard.ts';
import { assertCaptureIntact } from '../capture/intact.ts';
import { changedSections } from '../catalog/compare-fingerprints.ts';
import { readTableFacts } from '../catalog/read-table-facts.ts';
import { forwardJob } from '../drain/jobs.ts';
import { SourceChangedError } from '../errors.ts';
import { oldTableSchema } from '../object-names.ts';
import { lockRun, moveStage } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitOutcome } from '../unit.ts';
import { recordedCopyOid, recordedFacts, type UnitContext } from '../unit-context.ts';
import { proveBounds } from './bound-proofs.ts';
import { changedSinceExchange } from './changed-since-exchange.ts';
import { attemptExchange, type Exchange } from './exchange.ts';
import { lendRightsForDrain } from './lent-rights.ts';
import { followMaterializedViews } from './materialized-views.ts';
import { drainAndOutwaitSnapshots } from './outwait-snapshots.ts';
import { adoptOneSequence, ownedSequencesChanged, releaseOneSequence } from './sequence-ownership.ts';
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
  const exchange = await forwardExchange(ctx);
  // Once, and then drained and looked anew: it may have waited a moment.
  const preparing = (await releaseOneSequence(ctx, exchange)) ?? (await proveBounds(ctx, exchange));
  if (preparing !== null) {
    return preparing;
  }
  const outcome = await attemptExchange(ctx, exchange);
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
      const recorded = recordedFacts(run);
      const changed = changedSections(recorded.fingerprint, live.fingerprint).filter(
        (section) => section !== 'sequences' || ownedSequencesChanged(run, recorded, live),
      );
      if (changed.length > 0) {
        throw new SourceChangedError(formatTableName(run.source), changed);
      }
      await assertCaptureIntact(ctx);
      await assertGuardIntact(ctx.session, run, recordedCopyOid(run), 'copy_guard');
    },
    assertAsWeLeftIt: (copy) => assertAsRemembered(ctx, 'finished_copy', copy),
  };
}

/** Of a section that was changed between the exchange and its record: equals nothing, so that a revert stops there. */
const CHANGED_ALREADY = 'changed since the exchange';

/**
 * What the new table and the old one look like, for the revert: in one statement, since whoever finds the one recorded does
 * not record the other any more. DDL that came in since the exchange must not pass for ours (I-10).
 */
async function recordFingerprints(ctx: UnitContext): Promise<void> {
  const { run, session } = ctx;
  const facts = await readTableFacts(session, recordedCopyOid(run));
  // Read after the facts: if the mark still holds then, the facts are those of the exchange.
  const changed = await changedSinceExchange(ctx);
  const fingerprint = {
    ...facts?.fingerprint,
    ...Object.fromEntries(changed.map((section) => [section, CHANGED_ALREADY])),
  };
  const old = await readTableFacts(session, run.sourceOid);
  await session.query(
    /* sql */ `
    UPDATE shadowstep.run
    SET new_fingerprint = $2, marks = marks || pg_catalog.jsonb_build_object('old_table', $4::pg_catalog.jsonb)
    WHERE run_id = $1 AND new_fingerprint IS NULL AND driver = $3`,
    [run.runId, JSON.stringify(fingerprint), ctx.driver, JSON.stringify(old?.fingerprint ?? {})],
  );
}

/** After the exchange: the sequences; remember what the new table looks like, for the revert; then the foreign keys. */
async function finishSwap(ctx: UnitContext): Promise<UnitOutcome> {
  const { run, session } = ctx;
  const adopting = await adoptOneSequence(ctx, recordedCopyOid(run));
  if (adopting !== null) {
    return adopting;
  }
  if (run.newFingerprint === null) {
    await lendRightsForDrain(ctx);
    await recordFingerprints(ctx);
  }
  const following = await followMaterializedViews(ctx, run.sourceOid);
  if (following !== null) {
    return following;
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
