import pg from 'pg';
import { type ChangeLogNames, captureFunctions, logTable } from '../capture/change-log.ts';
import { guardFunction } from '../capture/guard.ts';
import { CAPTURE_TRIGGERS, dropCaptureTriggerStatements } from '../capture/triggers.ts';
import { hasParents } from '../copy-table/inheritance-statements.ts';
import { drainFunction } from '../drain/drain-function.ts';
import { DependentObjectsError, PostgresError } from '../errors.ts';
import { momentMs } from '../locks/blockers.ts';
import { CLOCK_SQL, lockTimes, recordStrongLock } from '../locks/lock-times.ts';
import { attemptUnderLock } from '../locks/not-now.ts';
import { oldTableSchema, runSchema, STANDIN_PARENT } from '../object-names.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import { sqlstateOf } from '../postgres/sqlstate.ts';
import { lockRun, moveStage, type Run } from '../registry/runs.ts';
import { AUTOVACUUM_PATIENCE_MS, lockAgainstDdl } from '../setup/setup.ts';
import { dropDefaultProof } from '../swap/bound-proofs.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitOutcome } from '../unit.ts';
import { type RunObjects, runObjects, type UnitContext } from '../unit-context.ts';
import { rangeTable } from '../verify/ranges.ts';
import { endOwnBackends } from './own-backends.ts';

/**
 * Drops everything of ours and ends the run, in one transaction: the table that is not in place, the logs, the functions,
 * the schemas, and last, in one round trip with the registry row, the capture triggers of the table in place (ACCESS
 * EXCLUSIVE on it for milliseconds, after looking; 55P03 after lockTimeoutMs). Nothing is dropped by CASCADE: what
 * somebody else hung on our objects is named by DependentObjectsError.
 */
export async function dropEverything(ctx: UnitContext, terminal: 'DONE' | 'REVERTED' | 'RESET'): Promise<UnitOutcome> {
  const { run, session, request } = ctx;
  const inPlaceOid = terminal === 'DONE' ? (run.copyOid ?? run.sourceOid) : run.sourceOid;
  await endOwnBackends(session, run.runId);
  const dropping = await dropDefaultProof(ctx);
  if (dropping !== null) {
    return dropping;
  }
  // The table that is dropped, too: it serves nobody, but a person may be reading it.
  const tables = [run.sourceOid, ...(run.copyOid === null ? [] : [run.copyOid])];
  return attemptUnderLock(ctx, tables, 'ACCESS EXCLUSIVE', momentMs(request.lockTimeoutMs), () =>
    dropUnderLock(ctx, terminal, inPlaceOid),
  );
}

async function dropUnderLock(
  ctx: UnitContext,
  terminal: 'DONE' | 'REVERTED' | 'RESET',
  inPlaceOid: number,
): Promise<UnitOutcome> {
  const { run, session, request } = ctx;
  const objects = runObjects(run);
  try {
    const times = await session.transaction(
      { lockTimeoutMs: AUTOVACUUM_PATIENCE_MS, asynchronousCommit: true },
      async (tx) => {
        await lockRun(tx, run, ctx.driver, 'UPDATE');
        const table = await nameOf(tx, inPlaceOid);
        if (table !== null) {
          await lockAgainstDdl(tx, `ONLY ${table}`);
        }
        // Our spare table first: neither order takes a lock that an application statement can wait for.
        const spare = terminal === 'DONE' ? objects.old : objects.copy;
        await assertInItsPlace(tx, run, terminal === 'DONE' ? run.sourceOid : run.copyOid, qualified(spare));
        await assertSchemaInItsPlace(tx, run, inPlaceOid);
        await tx.query(/* sql */ `DROP TABLE IF EXISTS ${qualified(spare)}`);
        if (run.facts !== null && hasParents(run.facts)) {
          // After the table that is its child.
          const standIn = { schema: runSchema(run.runId), name: STANDIN_PARENT };
          await tx.query(/* sql */ `DROP TABLE IF EXISTS ${qualified(standIn)}`);
        }
        await tx.query(/* sql */ `DROP TABLE IF EXISTS ${rangeTable(objects)}`);
        await moveStage(tx, run, terminal);
        const results = await session.script(
          [
            ...(table === null
              ? []
              : [
                  `SET LOCAL lock_timeout = ${Math.trunc(request.lockTimeoutMs)}`,
                  CLOCK_SQL,
                  `LOCK TABLE ONLY ${table} IN ACCESS EXCLUSIVE MODE`,
                  CLOCK_SQL,
                  ...dropCaptureTriggerStatements(table),
                ]),
            ...dropRemainingStatements(objects, run.runId),
            CLOCK_SQL,
            'COMMIT',
          ].join(';\n'),
        );
        return table === null ? null : lockTimes(results);
      },
    );
    if (times === null) {
      return { status: 'done', message: 'the table is gone, and so is everything of ours' };
    }
    await recordStrongLock(ctx, times, { lock: 'ACCESS EXCLUSIVE' });
  } catch (error) {
    throw sqlstateOf(error) === '2BP01'
      ? new DependentObjectsError(
          `What run ${run.runId} made for ${formatTableName(run.source)}`,
          `others depend on it: ${dependentsOf(error)}. Drop or move those`,
          error,
        )
      : error;
  }
  return { status: 'done', message: SAYS[terminal] };
}

const SAYS = {
  DONE: 'the old table and everything of ours are gone',
  REVERTED: 'the old table is back in place; everything of ours is gone',
  RESET: 'the table is as it was before the run; everything of ours is gone',
} as const;

function dropRemainingStatements(objects: RunObjects, runId: bigint): string[] {
  return [
    ...dropLogStatements(objects.changeLog),
    ...dropLogStatements(objects.reverseChangeLog),
    /* sql */ `DROP SCHEMA IF EXISTS ${quoteIdent(runSchema(runId))}`,
    /* sql */ `DROP SCHEMA IF EXISTS ${quoteIdent(oldTableSchema(runId))}`,
  ];
}

/** Functions before the log, whose row type they take, but for the one that the log's own trigger calls. */
function dropLogStatements(names: ChangeLogNames): string[] {
  return [
    ...[drainFunction(names), ...captureFunctions(names)].map((name) => /* sql */ `DROP FUNCTION IF EXISTS ${name}`),
    /* sql */ `DROP TABLE IF EXISTS ${logTable(names)}`,
    /* sql */ `DROP FUNCTION IF EXISTS ${guardFunction(names)}`,
  ];
}

/** The table's name now, by its OID: it may have been renamed. Null when it is gone. */
async function nameOf(tx: Queryable, oid: number): Promise<string | null> {
  const [row] = await tx.query<{ schema: string; name: string }>(
    /* sql */ `
    SELECT n.nspname AS schema, c.relname AS name
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = $1`,
    [oid],
  );
  return row === undefined ? null : qualified(row);
}

/** Dropped by its name: under another it would be left behind for good, and nobody would know whose it is. */
async function assertInItsPlace(tx: Queryable, run: Run, oid: number | null, expected: string): Promise<void> {
  const name = oid === null ? null : await nameOf(tx, oid);
  if (name !== null && name !== expected) {
    throw new DependentObjectsError(
      `What run ${run.runId} made for ${formatTableName(run.source)}`,
      `${expected} is called ${name} now, where it would be left behind. Give it its name back, or drop it`,
    );
  }
}

/** The same for the schema of the log and the functions, by the triggers that call them. */
async function assertSchemaInItsPlace(tx: Queryable, run: Run, inPlaceOid: number): Promise<void> {
  const expected = runSchema(run.runId);
  const [found] = await tx.query<{ schema: string }>(
    /* sql */ `
    SELECT n.nspname AS schema
    FROM pg_catalog.pg_trigger AS t
    JOIN pg_catalog.pg_proc AS f ON f.oid = t.tgfoid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = f.pronamespace
    WHERE t.tgrelid = $1 AND t.tgname = ANY ($2::pg_catalog.name[]) AND n.nspname <> $3`,
    [inPlaceOid, CAPTURE_TRIGGERS, expected],
  );
  if (found !== undefined) {
    throw new DependentObjectsError(
      `What run ${run.runId} made for ${formatTableName(run.source)}`,
      `schema ${expected} is called ${found.schema} now, where it would be left behind. Give it its name back`,
    );
  }
}

/** The server's DETAIL of 2BP01 lists objects by name only. */
function dependentsOf(error: unknown): string {
  const cause = error instanceof PostgresError ? error.cause : null;
  return (cause instanceof pg.DatabaseError ? cause.detail : undefined) ?? 'see the server log';
}
