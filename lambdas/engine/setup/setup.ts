import { createCaptureFunctionStatements, createChangeLogStatements } from '../capture/change-log.ts';
import { rememberNewCopy } from '../capture/copy-intact.ts';
import { resolveCapturedKey } from '../capture/key-columns.ts';
import { captureMarkSql } from '../capture/mark.ts';
import { createCaptureTriggerStatements } from '../capture/triggers.ts';
import { readTableFacts } from '../catalog/read-table-facts.ts';
import type { TableFacts } from '../catalog/table-facts.ts';
import { createCopyStatements } from '../copy-table/create-copy.ts';
import { isDrainedRowByRow } from '../copy-table/finish-copy.ts';
import { indexBuildStatements } from '../copy-table/index-builds.ts';
import { createStatistics } from '../copy-table/statistics.ts';
import { createDrainFunctionStatement } from '../drain/drain-function.ts';
import { RefusedError, RegistryChangedError, SourceMissingError } from '../errors.ts';
import { momentMs } from '../locks/blockers.ts';
import { CLOCK_SQL, type LockTimes, lockTimes, recordStrongLock } from '../locks/lock-times.ts';
import { attemptUnderLock } from '../locks/not-now.ts';
import { oldTableSchema, runSchema } from '../object-names.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import { preValidate } from '../pre-validation/pre-validate.ts';
import { planBatches } from '../registry/batches.ts';
import { assertTableInPlace, lockRun, moveStage, recordCopy } from '../registry/runs.ts';
import { findLiveWholeOfRun } from '../registry/wholes.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitOutcome } from '../unit.ts';
import { copiedColumns, recordedKey, runObjects, type UnitContext } from '../unit-context.ts';

/**
 * How long to queue for SHARE UPDATE EXCLUSIVE, which blocks no reader or writer but makes autovacuum give way: it is
 * cancelled only after deadlock_timeout (1 s), so short attempts at the real lock would starve for ever.
 */
export const AUTOVACUUM_PATIENCE_MS = 3_000;

/**
 * SETUP in two atomic phases. First everything of ours and, last and shortest, the capture triggers under SHARE ROW
 * EXCLUSIVE; that lock waits out every writer that began before. Then, after that commit, the table's block count is
 * read and the batches planned: a row of a transaction that was open meanwhile is in a block that is counted (I-2).
 */
export async function setupUnit(ctx: UnitContext): Promise<UnitOutcome> {
  if (ctx.run.facts === null) {
    return attemptUnderLock(
      ctx,
      [ctx.run.sourceOid],
      'SHARE ROW EXCLUSIVE',
      momentMs(ctx.request.lockTimeoutMs),
      async () => {
        await createEverything(ctx);
        return { status: 'more', message: 'copy table, change log and capture triggers are in place' };
      },
    );
  }
  await ctx.session.transaction({}, async (tx) => {
    await lockRun(tx, ctx.run, ctx.driver, 'UPDATE');
    await planBatches(tx, ctx.run.runId, ctx.run.sourceOid, ctx.request.workers);
    await moveStage(tx, ctx.run, 'BACKFILL');
  });
  return { status: 'done', message: 'batches planned' };
}

async function createEverything(ctx: UnitContext): Promise<void> {
  const { run, request } = ctx;
  const objects = runObjects(run);
  const times = await ctx.session.transaction(
    { lockTimeoutMs: AUTOVACUUM_PATIENCE_MS, asynchronousCommit: true },
    async (tx) => {
      await lockRun(tx, run, ctx.driver, 'UPDATE');
      // Before the lock, so that what is gone has a name instead of an SQLSTATE; and under it, when nobody can move it.
      await assertTableInPlace(tx, run);
      await lockAgainstDdl(tx, `ONLY ${qualified(objects.source)}`);
      await assertTableInPlace(tx, run);
      const facts = await readFactsAgain(ctx, tx);
      const key = recordedKey(facts);

      await createSchemas(ctx, tx);
      for (const statement of createCopyStatements(facts, { schema: objects.copy.schema, alter: request.alter })) {
        await tx.query(statement);
      }
      const copyOid = await readOid(tx, qualified(objects.copy));
      const captured = await resolveCapturedKey(tx, key, run.sourceOid);
      for (const statement of [
        ...createChangeLogStatements(objects.changeLog, captured),
        ...createCaptureFunctionStatements(objects.changeLog, captured),
        createDrainFunctionStatement({
          names: objects.changeLog,
          key: captured,
          captured: objects.source,
          follower: objects.copy,
          columns: copiedColumns(facts),
          underSavepoints: isDrainedRowByRow(facts),
        }),
      ]) {
        await tx.query(statement);
      }
      if (request.alter.length > 0) {
        await probeNewTypes(tx, facts, objects.copy.schema);
      }
      const filenode = await readFilenode(tx, run.sourceOid);
      await recordCopy(tx, run, copyOid, facts, filenode);
      await rememberNewCopy(ctx, tx, copyOid);

      return createTriggersUnderLock(
        ctx,
        qualified(objects.source),
        createCaptureTriggerStatements(objects.changeLog, captured, qualified(objects.source)),
      );
    },
  );
  await recordStrongLock(ctx, times, { lock: 'SHARE ROW EXCLUSIVE' });
}

/** SHARE UPDATE EXCLUSIVE on the table until commit: no reader or writer waits for it, DDL and vacuum do. */
export async function lockAgainstDdl(tx: Queryable, table: string): Promise<void> {
  await tx.query(/* sql */ `LOCK TABLE ${table} IN SHARE UPDATE EXCLUSIVE MODE`);
}

/**
 * SHARE ROW EXCLUSIVE on the source: writers wait, readers do not. One round trip from the lock to the COMMIT, with the
 * triggers and their mark in between; 55P03 after lockTimeoutMs with everything rolled back.
 */
async function createTriggersUnderLock(
  ctx: UnitContext,
  table: string,
  triggers: readonly string[],
): Promise<LockTimes> {
  const results = await ctx.session.script(
    [
      `SET LOCAL lock_timeout = ${Math.trunc(ctx.request.lockTimeoutMs)}`,
      CLOCK_SQL,
      `LOCK TABLE ONLY ${table} IN SHARE ROW EXCLUSIVE MODE`,
      CLOCK_SQL,
      ...triggers,
      /* sql */ `
      UPDATE shadowstep.run
      SET marks = marks || pg_catalog.jsonb_build_object('trigger_mark', ${captureMarkSql(String(ctx.run.sourceOid), runObjects(ctx.run).changeLog)})
      WHERE run_id = ${ctx.run.runId}`,
      CLOCK_SQL,
      'COMMIT',
    ].join(';\n'),
  );
  return lockTimes(results);
}

/** The facts now, under the lock; what came to hang on the table since PRE_VALIDATION is refused like anything else. */
async function readFactsAgain(ctx: UnitContext, tx: Queryable): Promise<TableFacts> {
  const whole = await findLiveWholeOfRun(tx, ctx.run.runId);
  const { refusals } = await preValidate(ctx.session, ctx.request, whole?.wholeId ?? null);
  if (refusals.length > 0) {
    throw new RefusedError(formatTableName(ctx.run.source), refusals);
  }
  const facts = await readTableFacts(tx, ctx.run.sourceOid);
  if (facts === null) {
    throw new SourceMissingError(formatTableName(ctx.run.source), String(ctx.run.runId));
  }
  return facts;
}

async function createSchemas(ctx: UnitContext, tx: Queryable): Promise<void> {
  const { run } = ctx;
  const schemas = [runSchema(run.runId), oldTableSchema(run.runId)];
  const there = await tx.query(
    /* sql */ `SELECT FROM pg_catalog.pg_namespace WHERE nspname = ANY ($1::pg_catalog.name[])`,
    [schemas],
  );
  if (there.length > 0) {
    throw new RegistryChangedError(
      formatTableName(run.source),
      String(run.runId),
      'SETUP was done, its facts are gone',
    );
  }
  for (const schema of schemas) {
    await tx.query(/* sql */ `CREATE SCHEMA ${quoteIdent(schema)}`);
  }
}

/**
 * Builds every index and statistics object on the still empty copy and takes them back: what does not fit an altered
 * column (an operator class of the old type, an expression over it) is found before a single row is copied.
 */
async function probeNewTypes(tx: Queryable, facts: TableFacts, schema: string): Promise<void> {
  await tx.query('SAVEPOINT probe');
  for (const build of indexBuildStatements(facts, schema)) {
    await tx.query(build.statement);
  }
  for (const statement of createStatistics(facts, schema)) {
    await tx.query(statement);
  }
  await tx.query('ROLLBACK TO SAVEPOINT probe');
}

async function readOid(tx: Queryable, table: string): Promise<number> {
  const [row] = await tx.query<{ oid: number }>(/* sql */ `SELECT $1::pg_catalog.regclass::pg_catalog.oid AS oid`, [
    table,
  ]);
  return row?.oid ?? 0;
}

async function readFilenode(tx: Queryable, oid: number): Promise<number> {
  const [row] = await tx.query<{ filenode: number }>(
    /* sql */ `SELECT pg_catalog.pg_relation_filenode($1) AS filenode`,
    [oid],
  );
  return row?.filenode ?? 0;
}
