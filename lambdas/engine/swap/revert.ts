import { assertAsRemembered } from '../capture/copy-intact.ts';
import { assertGuardIntact } from '../capture/guard.ts';
import { captureDamage } from '../capture/mark.ts';
import { changedSections } from '../catalog/compare-fingerprints.ts';
import { resolveTable } from '../catalog/resolve-table.ts';
import { dropEverything } from '../clean-up/drop-objects.ts';
import { endOwnBackends } from '../clean-up/own-backends.ts';
import { reverseJob } from '../drain/jobs.ts';
import {
  ConstraintViolatedByDataError,
  CopyChangedError,
  DriverReplacedError,
  isRetryable,
  RegistryChangedError,
  RevertImpossibleError,
  ShadowstepError,
  SourceChangedError,
} from '../errors.ts';
import { runSchema } from '../object-names.ts';
import { sqlstateOf } from '../postgres/sqlstate.ts';
import { assertTableInPlace, lockRun, moveStage, type Run, setMarks } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitOutcome } from '../unit.ts';
import { recordedCopyOid, runObjects, type UnitContext } from '../unit-context.ts';
import { proveBounds } from './bound-proofs.ts';
import { changedSinceExchange } from './changed-since-exchange.ts';
import { attemptExchange, type Exchange } from './exchange.ts';
import { lendRightsForDrain } from './lent-rights.ts';
import { dropUnfinishedView, followMaterializedViews } from './materialized-views.ts';
import { drainAndOutwaitSnapshots } from './outwait-snapshots.ts';
import { adoptOneSequence, releasedSequences, releaseOneSequence } from './sequence-ownership.ts';
import { recordUnfittingRows } from './unfitting-rows.ts';
import { validateForeignKeys } from './validate-foreign-keys.ts';

/** What the exchange itself carries back from the new table to the old one, so that a change there is not lost. */
const CARRIED_BACK = new Set([
  'foreign keys',
  'triggers',
  'grants',
  'options',
  'row security',
  'sequences',
  'name',
  'views',
  'rules',
  'policies',
  'functions',
  'publications',
]);

/** Materialized views come and go with us where the request has agreed to what they cost; else somebody has made one. */
function isCarriedBack(run: Run, section: string): boolean {
  return (
    CARRIED_BACK.has(section) || (section === 'materialized views' && run.request.recreateMaterializedViews === true)
  );
}

/**
 * REVERT: the same exchange with the sides changed over. Drains the reverse log into the old table, puts it back in its
 * place, validates its foreign keys and drops the new table. Possible from the swap until clean-up.
 */
export async function revertUnit(ctx: UnitContext): Promise<UnitOutcome> {
  const { run, session } = ctx;
  if (run.stage !== 'REVERT') {
    await assertReverseCaptureIntact(ctx);
    await endOwnBackends(session, run.runId);
    // Here too, for a revert that comes before the swap has ended; before the stage moves, so that no crash leaves it out.
    await lendRightsForDrain(ctx);
    await session.transaction({}, async (tx) => {
      await lockRun(tx, run, ctx.driver, 'UPDATE');
      await dropUnfinishedView(tx, run);
      await setMarks(tx, run.runId, { old_snapshots_since: null, reverting_from: run.stage });
      await moveStage(tx, run, 'REVERT');
    });
    return { status: 'more', message: 'on the way back to the old table' };
  }
  if (run.reverted) {
    return (
      (await adoptOneSequence(ctx, run.sourceOid)) ??
      (await followMaterializedViews(ctx, recordedCopyOid(run))) ??
      (await validateForeignKeys(ctx)) ??
      dropEverything(ctx, 'REVERTED')
    );
  }
  try {
    return await goBack(ctx);
  } catch (error) {
    // Nothing has changed places: what no repetition mends must not lock out the clean-up.
    if (error instanceof ShadowstepError && !isRetryable(error) && !(error instanceof DriverReplacedError)) {
      await giveUpReverting(ctx);
    }
    throw error;
  }
}

/** Until the tables have changed places: drains, and attempts the exchange. */
async function goBack(ctx: UnitContext): Promise<UnitOutcome> {
  const { run } = ctx;
  await assertReverseCaptureIntact(ctx);
  const job = await reverseJob(ctx);
  try {
    const next = await drainAndOutwaitSnapshots(ctx, job);
    if (next !== 'exchange') {
      return next;
    }
    const exchange = await backwardExchange(ctx);
    const preparing = (await releaseOneSequence(ctx, exchange)) ?? (await proveBounds(ctx, exchange));
    if (preparing !== null) {
      return preparing;
    }
    const outcome = await attemptExchange(ctx, exchange);
    return outcome.status === 'done' ? { status: 'more', message: outcome.message } : outcome;
  } catch (error) {
    // Class 22, data exception: a value does not fit the old table's type. 23514 and 23502: nor its constraints.
    const sqlstate = sqlstateOf(error) ?? '';
    if (sqlstate.startsWith('22') || sqlstate === '23514' || sqlstate === '23502') {
      const findingId = await recordUnfittingRows(ctx, job);
      throw new RevertImpossibleError(
        formatTableName(run.source),
        `rows written since the swap do not fit the old table's definition (SQLSTATE ${sqlstate}); their keys are in ` +
          `shadowstep.finding, finding_id ${findingId}`,
        error,
      );
    }
    if (error instanceof ConstraintViolatedByDataError) {
      // Two values that the new type tells apart and the old one does not: 16777216 and 16777217 as real.
      throw new RevertImpossibleError(
        formatTableName(run.source),
        `rows written since the swap violate ${error.constraint} of the old table; their keys are in ` +
          `shadowstep.finding, finding_id ${error.findingId}`,
        error,
      );
    }
    throw error;
  }
}

/**
 * Back to the stage from which the revert was asked for: the new table stays, and clean-up is possible as before. To SWAP
 * where a sequence is nobody's for the moment: it is given back to the new table there.
 */
async function giveUpReverting(ctx: UnitContext): Promise<void> {
  const { run, session } = ctx;
  await session.transaction({}, async (tx) => {
    await lockRun(tx, run, ctx.driver, 'UPDATE');
    const unfinished = run.marks.reverting_from === 'SWAP' || releasedSequences(run).length > 0;
    await moveStage(tx, run, unfinished ? 'SWAP' : 'CLEAN_UP');
  });
}

async function assertReverseCaptureIntact(ctx: UnitContext): Promise<void> {
  const { run } = ctx;
  await assertTableInPlace(ctx.session, run);
  const old = await resolveTable(ctx.session, runObjects(run).old);
  if (old?.oid !== run.sourceOid) {
    throw new CopyChangedError(formatTableName(run.source), 'the old table was dropped, renamed or moved');
  }
  const recorded = run.marks.reverse_trigger_mark;
  if (typeof recorded !== 'string') {
    throw new RegistryChangedError(formatTableName(run.source), String(run.runId), 'the mark of the reverse capture');
  }
  const { reverseChangeLog } = runObjects(run);
  const damage = await captureDamage(ctx.session, recordedCopyOid(run), reverseChangeLog, recorded);
  if (damage !== null) {
    throw new CopyChangedError(
      formatTableName(run.source),
      damage === 'a trigger'
        ? 'a reverse capture trigger was dropped, disabled or altered'
        : 'the reverse change log or one of its functions was altered, renamed or dropped',
    );
  }
  await assertGuardIntact(ctx.session, run, run.sourceOid, 'old_guard');
}

async function backwardExchange(ctx: UnitContext): Promise<Exchange> {
  const { run } = ctx;
  return {
    stage: 'REVERT',
    liveOid: recordedCopyOid(run),
    replacementOid: run.sourceOid,
    parkSchema: runSchema(run.runId),
    job: await reverseJob(ctx),
    captureInReverse: false,
    async assertUnchanged(live) {
      const changed =
        run.newFingerprint === null
          ? await changedSinceExchange(ctx)
          : changedSections(run.newFingerprint, live.fingerprint).filter((section) => !isCarriedBack(run, section));
      if (changed.length > 0) {
        throw new SourceChangedError(formatTableName(run.source), changed);
      }
      await assertReverseCaptureIntact(ctx);
    },
    assertAsWeLeftIt(old) {
      // Not remembered yet when the revert follows the exchange at once.
      if (run.newFingerprint !== null) {
        assertAsRemembered(ctx, 'old_table', old);
      }
    },
  };
}
