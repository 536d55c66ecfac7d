import { rememberFinishedCopy } from '../capture/copy-intact.ts';
import { assertCaptureIntact } from '../capture/intact.ts';
import { finishCopyStatements } from '../copy-table/finish-copy.ts';
import { indexBuildStatements } from '../copy-table/index-builds.ts';
import { vacuumCopy } from '../copy-table/vacuum-copy.ts';
import { ConstraintViolatedByDataError, PostgresError, RegistryChangedError } from '../errors.ts';
import { conditionOf } from '../postgres/conditions.ts';
import { runDetachedStatements } from '../postgres/detached-statement.ts';
import { errorNameOf } from '../postgres/sqlstate.ts';
import {
  type DetachedStatement,
  forgetFailure,
  insertStatement,
  listStatements,
} from '../registry/detached-statements.ts';
import { insertEvent } from '../registry/events.ts';
import { insertFinding } from '../registry/findings.ts';
import { lockRun, moveStage, setMarks } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitOutcome } from '../unit.ts';
import { recordedFacts, runObjects, type UnitContext } from '../unit-context.ts';

/**
 * SYNC_SCHEMAS: every index of the source on the copy, several at once as detached statements (nothing uses the copy, so
 * plain CREATE INDEX), heaviest first; then constraints, defaults, identity, grants and comments in one transaction.
 * Nothing of the source is locked.
 */
export async function syncSchemasUnit(ctx: UnitContext): Promise<UnitOutcome> {
  const { run, session } = ctx;
  await assertCaptureIntact(ctx);
  const vacuuming = await vacuumCopy(ctx, 'VACUUM');
  if (vacuuming !== null) {
    return vacuuming;
  }
  if (run.marks.indexes_planned !== true) {
    await planIndexBuilds(ctx);
  }
  const before = await listStatements(session, run.runId, run.stage);
  const planned = indexBuildStatements(recordedFacts(run), runObjects(run).copy.schema).length;
  if (before.length !== planned) {
    throw new RegistryChangedError(formatTableName(run.source), String(run.runId), 'index builds are missing');
  }
  const statements = await runDetachedStatements(ctx, ctx.request.workers);
  await recordFinished(ctx, before, statements);
  const failed = statements.find((statement) => statement.sqlstate !== null);
  if (failed !== undefined) {
    await stopAtFailedBuild(ctx, failed);
  }
  const finished = statements.filter((statement) => statement.finished);
  if (finished.length < statements.length) {
    return {
      status: 'more',
      message: `${finished.length} of ${statements.length} indexes built`,
      progress: { measure: 'indexes', done: BigInt(finished.length), estimated: BigInt(statements.length) },
    };
  }
  await session.transaction({ lockTimeoutMs: 10_000 }, async (tx) => {
    await lockRun(tx, run, ctx.driver, 'UPDATE');
    for (const statement of finishCopyStatements(recordedFacts(run), runObjects(run).copy.schema)) {
      await tx.query(statement);
    }
    await rememberFinishedCopy(ctx, tx);
    await moveStage(tx, run, 'POST_SYNC_UPDATE');
  });
  return { status: 'done', message: `${statements.length} indexes built` };
}

async function planIndexBuilds(ctx: UnitContext): Promise<void> {
  const { run } = ctx;
  await ctx.session.transaction({}, async (tx) => {
    await lockRun(tx, run, ctx.driver, 'UPDATE');
    if ((await listStatements(tx, run.runId, run.stage)).length === 0) {
      for (const build of indexBuildStatements(recordedFacts(run), runObjects(run).copy.schema)) {
        await insertStatement(tx, run.runId, run.stage, {
          kind: 'index',
          objectName: build.name,
          statement: build.statement,
          weight: BigInt(Math.trunc(build.bytesEstimate)),
        });
      }
    }
    await setMarks(tx, run.runId, { indexes_planned: true });
  });
}

async function recordFinished(
  ctx: UnitContext,
  before: readonly DetachedStatement[],
  after: readonly DetachedStatement[],
): Promise<void> {
  const known = new Set(before.filter((one) => one.finished).map((one) => one.unitNo));
  const built = after.filter((one) => one.finished && one.sqlstate === null && !known.has(one.unitNo));
  if (built.length > 0) {
    await ctx.session.transaction({}, async (tx) => {
      for (const { objectName } of built) {
        await insertEvent(tx, ctx.run.runId, {
          stage: ctx.run.stage,
          kind: 'index built',
          detail: { index: objectName },
        });
      }
    });
  }
}

/**
 * A unique index cannot fail falsely (the copy is a subset of one snapshot, I-3): what violates it is in the data. The
 * failure is forgotten first, so that a resumed run builds the index again.
 */
async function stopAtFailedBuild(ctx: UnitContext, failed: DetachedStatement): Promise<never> {
  const table = formatTableName(ctx.run.source);
  await forgetFailure(ctx.session, ctx.run.runId, failed.unitNo);
  if (failed.sqlstate?.startsWith('23')) {
    const findingId = await insertFinding(ctx.session, {
      runId: ctx.run.runId,
      kind: 'constraint violated by data',
      constraintName: failed.failedConstraint ?? failed.objectName,
      keysSql: /* sql */ `SELECT NULL::pg_catalog.jsonb AS row_key WHERE false`,
      keysListed: 0,
      detail: `building ${failed.objectName} on the copy failed with SQLSTATE ${failed.sqlstate}`,
    });
    throw new ConstraintViolatedByDataError(table, failed.objectName, String(findingId));
  }
  throw new PostgresError(
    errorNameOf(failed.sqlstate ?? ''),
    `Building ${failed.objectName} on the copy of ${table} failed with SQLSTATE ${conditionOf(failed.sqlstate ?? 'unknown')}. ` +
      'The source was not changed. Mend the cause and resume, or reset the run.',
    failed.sqlstate,
    null,
  );
}
