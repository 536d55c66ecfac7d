import { createCaptureFunctionStatements, createChangeLogStatements } from '../capture/change-log.ts';
import { assertCaptureIntact } from '../capture/intact.ts';
import { resolveCapturedKey } from '../capture/key-columns.ts';
import { readTableFacts } from '../catalog/read-table-facts.ts';
import { needsAnotherVacuum, vacuumCopy } from '../copy-table/vacuum-copy.ts';
import { drainUntilSmall } from '../drain/drain.ts';
import { createDrainFunctionStatement } from '../drain/drain-function.ts';
import { forwardJob } from '../drain/jobs.ts';
import { lockRun, moveStage, setMarks } from '../registry/runs.ts';
import type { UnitOutcome } from '../unit.ts';
import {
  copiedColumns,
  recordedCopyOid,
  recordedFacts,
  recordedKey,
  runObjects,
  type UnitContext,
} from '../unit-context.ts';
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
    return { status: 'more', message: 'draining the change log' };
  }
  if (run.marks.second_vacuum === undefined) {
    const worth = await needsAnotherVacuum(ctx);
    await setMarks(session, run.runId, { second_vacuum: worth, vacuumed: false, vacuum_sent_at: null });
    return { status: 'more', message: worth ? 'vacuuming what the drain has left' : 'analysing the copy' };
  }
  const vacuuming = await vacuumCopy(ctx, run.marks.second_vacuum === true ? 'VACUUM and ANALYZE' : 'ANALYZE');
  if (vacuuming !== null) {
    return vacuuming;
  }
  if (ctx.request.verify && !(await verifySlice(ctx, DRAIN_RESERVE_MS))) {
    return { status: 'more', message: 'verifying the copy' };
  }
  if (!(await drainUntilSmall(ctx, job))) {
    return { status: 'more', message: 'draining the change log' };
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
      narrowed: (copy?.columns ?? [])
        .filter(({ name, typeSql }) => facts.columns.some((old) => old.name === name && old.typeSql !== typeSql))
        .map(({ name, typeSql }) => ({ name, capturedTypeSql: typeSql })),
    }),
  ]) {
    await tx.query(statement);
  }
}
