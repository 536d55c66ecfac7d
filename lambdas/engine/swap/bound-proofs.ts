import { BOUND_CHECK, type PartitionFacts, type PartitionRelation } from '../catalog/partition-facts.ts';
import { readTableFacts } from '../catalog/read-table-facts.ts';
import type { TableFacts } from '../catalog/table-facts.ts';
import { boundCheckStatements, defaultProof } from '../copy-table/partition-statements.ts';
import { PostgresError } from '../errors.ts';
import { momentMs } from '../locks/blockers.ts';
import { CLOCK_SQL, lockTimes, recordStrongLock } from '../locks/lock-times.ts';
import { attemptUnderLock } from '../locks/not-now.ts';
import { runSchema } from '../object-names.ts';
import { conditionOf } from '../postgres/conditions.ts';
import { runDetachedStatements } from '../postgres/detached-statement.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import { errorNameOf } from '../postgres/sqlstate.ts';
import { forgetFailure, insertStatement, settleStatement } from '../registry/detached-statements.ts';
import { lockRun } from '../registry/runs.ts';
import { AUTOVACUUM_PATIENCE_MS } from '../setup/setup.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitOutcome } from '../unit.ts';
import { recordedFacts, type UnitContext } from '../unit-context.ts';
import type { Exchange } from './exchange.ts';
import { nameWhoHoldsUp, whileWatching } from './watch-detached.ts';

/** The CHECK was dropped by hand before its VALIDATE came to it. */
const UNDEFINED_OBJECT = '42704';

/** The parts of a scratch partitioned table: no name of a copy begins so (ReservedName). */
const SCRATCH_PARENT = 'shadowstep_bound_parent';
const SCRATCH_LEAF = 'shadowstep_bound_leaf';

/**
 * Before the exchange of a partition: sees to it that ATTACH PARTITION will read nothing under the lock. Two CHECKs have to
 * be there, and valid: the bound on the table that takes the place, and on the parent's default partition that it holds no
 * row within the bound. Each is added NOT VALID and validated online (SHARE UPDATE EXCLUSIVE: readers and writers go on).
 * What is there is read from the catalog each time, so a CHECK that somebody has dropped is made again. `more` or `wait`
 * while there is something to do, null when both are proved.
 */
export async function proveBounds(ctx: UnitContext, exchange: Exchange): Promise<UnitOutcome | null> {
  const { partition } = recordedFacts(ctx.run);
  if (partition === null || partition === undefined) {
    return null;
  }
  const validating = await validateUnderWay(ctx);
  if (validating !== null) {
    return validating;
  }
  const replacement = await readTableFacts(ctx.session, exchange.replacementOid);
  if (replacement !== null && partition.constraint !== null) {
    switch (await stateOf(ctx.session, exchange.replacementOid, BOUND_CHECK)) {
      case 'missing':
        return addToReplacement(ctx, replacement, partition);
      case 'not valid':
        return validate(ctx, qualified(replacement), BOUND_CHECK);
      case 'valid':
        break;
    }
  }
  if (partition.defaultPartition !== null) {
    const name = defaultProof(ctx.run.runId);
    switch (await stateOf(ctx.session, partition.defaultPartition.oid, name)) {
      case 'missing':
        return addToDefault(ctx, partition, partition.defaultPartition);
      case 'not valid':
        return validate(ctx, qualified(partition.defaultPartition), name);
      case 'valid':
        break;
    }
  }
  return null;
}

/**
 * For the end of a run that has not taken it off in its exchange: our CHECK on the default partition goes. ACCESS EXCLUSIVE
 * on that, for milliseconds, after a look. Null when there is none.
 */
export async function dropDefaultProof(ctx: UnitContext): Promise<UnitOutcome | null> {
  if ((ctx.run.facts?.partition?.defaultPartition ?? null) === null) {
    return null;
  }
  const name = defaultProof(ctx.run.runId);
  const [bearer] = await ctx.session.query<{ oid: number; schema: string; name: string }>(
    /* sql */ `
    SELECT c.oid, n.nspname AS schema, c.relname AS name
    FROM pg_catalog.pg_constraint AS k
    JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE k.conname = $1 AND k.contype = 'c'
    LIMIT 1`,
    [name],
  );
  return bearer === undefined
    ? null
    : alterUnderLock(
        ctx,
        bearer,
        async () => [/* sql */ `ALTER TABLE ${qualified(bearer)} DROP CONSTRAINT IF EXISTS ${quoteIdent(name)}`],
        `the check on ${formatTableName(bearer)} is gone`,
      );
}

async function stateOf(client: Queryable, oid: number, name: string): Promise<'missing' | 'not valid' | 'valid'> {
  const [row] = await client.query<{ validated: boolean }>(
    /* sql */ `
    SELECT k.convalidated AS validated FROM pg_catalog.pg_constraint AS k
    WHERE k.conrelid = $1 AND k.conname = $2 AND k.contype = 'c'`,
    [oid, name],
  );
  return row === undefined ? 'missing' : row.validated ? 'valid' : 'not valid';
}

/** Waits for a VALIDATE that was sent; null when none is open. */
async function validateUnderWay(ctx: UnitContext): Promise<UnitOutcome | null> {
  const { run, session } = ctx;
  for (;;) {
    const proofs = await runDetachedStatements(whileWatching(ctx), 1, ['constraint']);
    const failed = proofs.find((statement) => statement.sqlstate !== null);
    if (failed?.sqlstate === UNDEFINED_OBJECT) {
      await settleStatement(session, run.runId, failed.unitNo);
      return { status: 'more', message: `${failed.objectName} was dropped; it is made again` };
    }
    if (failed !== undefined) {
      await forgetFailure(session, run.runId, failed.unitNo);
      throw new PostgresError(
        errorNameOf(failed.sqlstate ?? ''),
        `Validating ${failed.objectName} for ${formatTableName(run.source)} failed with SQLSTATE ${conditionOf(failed.sqlstate ?? 'unknown')}. ` +
          'The tables have not changed places. Mend the cause and resume, or reset the run.',
        failed.sqlstate,
        null,
      );
    }
    if (proofs.every((statement) => statement.finished)) {
      return null;
    }
    const heldUp = await nameWhoHoldsUp(ctx);
    if (heldUp !== null) {
      return heldUp;
    }
    if (ctx.remainingMs() <= 0) {
      return { status: 'more', message: 'proving that the rows lie within the bound' };
    }
  }
}

async function validate(ctx: UnitContext, table: string, name: string): Promise<UnitOutcome> {
  const { run } = ctx;
  await ctx.session.transaction({}, async (tx) => {
    await lockRun(tx, run, ctx.driver, 'UPDATE');
    await insertStatement(tx, run.runId, run.stage, {
      kind: 'constraint',
      objectName: name,
      statement: /* sql */ `ALTER TABLE ${table} VALIDATE CONSTRAINT ${quoteIdent(name)}`,
      weight: 0n,
    });
  });
  return { status: 'more', message: `validating ${name}` };
}

/** Nobody but us uses that table, so a short wait is all the lock may need. */
async function addToReplacement(ctx: UnitContext, replacement: TableFacts, partition: PartitionFacts) {
  await ctx.session.transaction({ lockTimeoutMs: 10_000 }, async (tx) => {
    await lockRun(tx, ctx.run, ctx.driver, 'UPDATE');
    for (const statement of boundCheckStatements({ ...replacement, partition }, qualified(replacement), ' NOT VALID')) {
      await tx.query(statement);
    }
  });
  return { status: 'more', message: 'the bound is to be proved' } as const;
}

function addToDefault(ctx: UnitContext, partition: PartitionFacts, other: PartitionRelation): Promise<UnitOutcome> {
  return alterUnderLock(
    ctx,
    other,
    async (tx) => {
      const bound = await boundAlone(ctx, tx, partition);
      return [
        /* sql */ `ALTER TABLE ${qualified(other)} ADD CONSTRAINT ${quoteIdent(defaultProof(ctx.run.runId))}
          CHECK (NOT (${bound})) NOT VALID`,
      ];
    },
    `${formatTableName(other)} is to be checked for rows of the partition`,
  );
}

/**
 * The bound without those of the ancestors, in PostgreSQL's own words: of an empty table partitioned alike, in the run's
 * schema, for the time of this transaction. Only from exactly this does it see what the default partition cannot hold
 * (tried on 14 and 18: neither the default's own constraint nor the leaf's whole one proves it).
 */
async function boundAlone(ctx: UnitContext, tx: Queryable, { parent, bound }: PartitionFacts): Promise<string> {
  const schema = runSchema(ctx.run.runId);
  const scratch = qualified({ schema, name: SCRATCH_PARENT });
  const leaf = qualified({ schema, name: SCRATCH_LEAF });
  const [key] = await tx.query<{ sql: string }>(/* sql */ `SELECT pg_catalog.pg_get_partkeydef($1) AS sql`, [
    parent.oid,
  ]);
  await tx.query(/* sql */ `CREATE TABLE ${scratch} (LIKE ${qualified(parent)}) PARTITION BY ${key?.sql ?? ''}`);
  await tx.query(/* sql */ `CREATE TABLE ${leaf} PARTITION OF ${scratch} ${bound}`);
  const [row] = await tx.query<{ sql: string }>(
    /* sql */ `SELECT pg_catalog.pg_get_partition_constraintdef($1::pg_catalog.regclass) AS sql`,
    [leaf],
  );
  await tx.query(/* sql */ `DROP TABLE ${scratch}`);
  return row?.sql ?? '';
}

/** ACCESS EXCLUSIVE on one table for one statement, after a look; one round trip from the lock to the COMMIT. */
function alterUnderLock(
  ctx: UnitContext,
  table: { readonly oid: number; readonly schema: string; readonly name: string },
  prepare: (tx: Queryable) => Promise<readonly string[]>,
  message: string,
): Promise<UnitOutcome> {
  const { run, session, request } = ctx;
  return attemptUnderLock(ctx, [table.oid], 'ACCESS EXCLUSIVE', momentMs(request.lockTimeoutMs), async () => {
    const times = await session.transaction({ lockTimeoutMs: AUTOVACUUM_PATIENCE_MS }, async (tx) => {
      await lockRun(tx, run, ctx.driver, 'UPDATE');
      await tx.query(/* sql */ `LOCK TABLE ONLY ${qualified(table)} IN SHARE UPDATE EXCLUSIVE MODE`);
      const statements = await prepare(tx);
      return lockTimes(
        await session.script(
          [
            `SET LOCAL lock_timeout = ${Math.trunc(request.lockTimeoutMs)}`,
            CLOCK_SQL,
            `LOCK TABLE ONLY ${qualified(table)} IN ACCESS EXCLUSIVE MODE`,
            CLOCK_SQL,
            ...statements,
            CLOCK_SQL,
            'COMMIT',
          ].join(';\n'),
        ),
      );
    });
    await recordStrongLock(ctx, times, { lock: 'ACCESS EXCLUSIVE' });
    return { status: 'more', message };
  });
}
