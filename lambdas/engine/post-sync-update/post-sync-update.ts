import { createCaptureFunctionStatements, createChangeLogStatements } from '../capture/change-log.ts';
import { dropGuardStatement, guardMarkSql, guardTableStatements } from '../capture/guard.ts';
import { assertCaptureIntact } from '../capture/intact.ts';
import { resolveCapturedKey } from '../capture/key-columns.ts';
import { readTableFacts } from '../catalog/read-table-facts.ts';
import { needsAnotherVacuum, vacuumCopy } from '../copy-table/vacuum-copy.ts';
import { drainUntilSmall } from '../drain/drain.ts';
import { createDrainFunctionStatement } from '../drain/drain-function.ts';
import { forwardJob } from '../drain/jobs.ts';
import { narrowedColumns } from '../drain/narrowed-columns.ts';
import { drainProgress } from '../drain/progress.ts';
import { qualified } from '../postgres/identifier.ts';
import { lockRun, moveStage, setMarks, setMarksOf } from '../registry/runs.ts';
import type { UnitOutcome } from '../unit.ts';
import {
  copiedColumns,
  recordedCopyOid,
  recordedFacts,
  recordedKey,
  runObjects,
  type UnitContext,
} from '../unit-context.ts';
import { verifyProgress } from '../verify/progress.ts';
import { verifySlice } from '../verify/verify.ts';

/** Kept back for the drain at the end of a slice that verifies. */
const DRAIN_RESERVE_MS = 2_000;

/**
 * POST_SYNC_UPDATE: drain until the log is small, VACUUM and ANALYZE the copy, verify it, prepare the reverse capture.
 * Every unit drains first, so the log stays short however long the rest takes.
 */
export async function postSyncUpdateUnit(ctx: UnitContext): Promise<UnitOutcome> {
  const { run, session } = ctx;
  await assertCaptureIntact(ctx);
  const job = await forwardJob(ctx);
  if (!(await drainUntilSmall(ctx, job))) {
    return { status: 'more', message: 'draining the change log', progress: await drainProgress(ctx, job.names) };
  }
  if (run.marks.second_vacuum === undefined) {
    const worth = await needsAnotherVacuum(ctx);
    await setMarksOf(session, run, ctx.driver, { second_vacuum: worth, vacuumed: false, vacuum_sent_at: null });
    return { status: 'more', message: worth ? 'vacuuming what the drain has left' : 'analysing the copy' };
  }
  const vacuuming = await vacuumCopy(ctx, run.marks.second_vacuum === true ? 'VACUUM and ANALYZE' : 'ANALYZE');
  if (vacuuming !== null) {
    return vacuuming;
  }
  if (run.marks.copy_guarded !== true) {
    await guardCopy(ctx);
  }
  if (ctx.request.verify && !(await verifySlice(ctx, DRAIN_RESERVE_MS))) {
    return { status: 'more', message: 'verifying the copy', progress: await verifyProgress(ctx) };
  }
  if (!(await drainUntilSmall(ctx, job))) {
    return { status: 'more', message: 'draining the change log', progress: await drainProgress(ctx, job.names) };
  }
  await session.transaction({}, async (tx) => {
    await lockRun(tx, run, ctx.driver, 'UPDATE');
    await prepareReverseCapture(ctx, tx);
    await setMarks(tx, run.runId, { verification: ctx.request.verify ? 'passed' : 'skipped' });
    await moveStage(tx, run, 'SWAP');
  });
  return {
    status: 'done',
    message: ctx.request.verify ? 'verified: source and copy are equal' : 'verification skipped',
  };
}

/** What is written to the copy by hand after it was compared would be in nobody's sight. SHARE ROW EXCLUSIVE on the copy. */
async function guardCopy(ctx: UnitContext): Promise<void> {
  const { run } = ctx;
  const { changeLog, copy } = runObjects(run);
  await ctx.session.transaction({ lockTimeoutMs: 10_000 }, async (tx) => {
    await lockRun(tx, run, ctx.driver, 'UPDATE');
    for (const statement of [
      dropGuardStatement(qualified(copy)),
      ...guardTableStatements(changeLog, qualified(copy)),
    ]) {
      await tx.query(statement);
    }
    await tx.query(
      /* sql */ `
      UPDATE shadowstep.run
      SET marks = marks || pg_catalog.jsonb_build_object('copy_guarded', true, 'copy_guard', ${guardMarkSql('copy_oid')})
      WHERE run_id = $1`,
      [run.runId],
    );
  });
}

/** The change log from the new table to the old one, so that the swap itself only has to create its triggers. */
async function prepareReverseCapture(ctx: UnitContext, tx: Parameters<typeof lockRun>[0]): Promise<void> {
  const objects = runObjects(ctx.run);
  const facts = recordedFacts(ctx.run);
  const copyOid = recordedCopyOid(ctx.run);
  const captured = await resolveCapturedKey(tx, recordedKey(facts), copyOid);
  const copy = await readTableFacts(tx, copyOid);
  for (const statement of [
    ...createChangeLogStatements(objects.reverseChangeLog, captured),
    ...createCaptureFunctionStatements(objects.reverseChangeLog, captured),
    // Made for the names after the swap: the new table bears the source's, the old one lies in its own schema.
    createDrainFunctionStatement({
      names: objects.reverseChangeLog,
      key: captured,
      captured: objects.source,
      follower: objects.old,
      columns: copiedColumns(facts),
      underSavepoints: facts.constraints.some((constraint) => constraint.deferrable),
      narrowed: narrowedColumns(facts, copy),
    }),
  ]) {
    await tx.query(statement);
  }
}
