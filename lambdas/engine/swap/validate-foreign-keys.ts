import { PostgresError } from '../errors.ts';
import { runDetachedStatements } from '../postgres/detached-statement.ts';
import { errorNameOf } from '../postgres/sqlstate.ts';
import {
  type DetachedStatement,
  forgetFailure,
  listStatements,
  settleStatement,
} from '../registry/detached-statements.ts';
import { insertEvent } from '../registry/events.ts';
import { insertFinding } from '../registry/findings.ts';
import type { UnitOutcome } from '../unit.ts';
import type { UnitContext } from '../unit-context.ts';
import { nameWhoHoldsUp, whileWatching } from './watch-detached.ts';

/** foreign_key_violation */
const VIOLATED = '23503';

/**
 * Validates the foreign keys that were valid before the exchange, one at a time, as detached statements: SHARE UPDATE
 * EXCLUSIVE on the referencing table and ROW SHARE on the referenced one, so readers and writers go on. One that the data
 * violates (rows written in replica mode) stays NOT VALID and is reported as a finding: the run is not stuck. Null when
 * all are done.
 */
export async function validateForeignKeys(ctx: UnitContext): Promise<UnitOutcome | null> {
  const { run, session } = ctx;
  const before = await listStatements(session, run.runId, run.stage, ['foreign key']);
  for (;;) {
    const statements = await runDetachedStatements(whileWatching(ctx), 1, ['foreign key']);
    const failed = statements.find((statement) => statement.sqlstate !== null);
    if (failed === undefined) {
      await recordValidated(ctx, before, statements);
      const finished = statements.filter((statement) => statement.finished).length;
      if (finished === statements.length) {
        return null;
      }
      const heldUp = await nameWhoHoldsUp(ctx);
      if (heldUp !== null) {
        return heldUp;
      }
      if (ctx.remainingMs() > 0) {
        continue;
      }
      return {
        status: 'more',
        message: `${finished} of ${statements.length} foreign keys validated`,
        progress: { measure: 'foreign keys', done: BigInt(finished), estimated: BigInt(statements.length) },
      };
    }
    await settleFailure(ctx, failed);
  }
}

async function settleFailure(ctx: UnitContext, failed: DetachedStatement): Promise<void> {
  const { run, session } = ctx;
  if (failed.sqlstate !== VIOLATED) {
    await forgetFailure(session, run.runId, failed.unitNo);
    throw new PostgresError(
      errorNameOf(failed.sqlstate ?? ''),
      `Validating foreign key ${failed.objectName} failed with SQLSTATE ${failed.sqlstate}. The tables have changed ` +
        'places already and the application is served; the foreign key is enforced for new rows.',
      failed.sqlstate,
      null,
    );
  }
  await session.transaction({}, async (tx) => {
    const findingId = await insertFinding(tx, {
      runId: run.runId,
      kind: 'foreign key violated by data',
      constraintName: failed.objectName,
      keysSql: /* sql */ `SELECT NULL::pg_catalog.jsonb AS row_key WHERE false`,
      keysListed: 0,
      detail: `${failed.objectName} is left NOT VALID: ${failed.statement} fails on rows that were there before`,
    });
    await insertEvent(tx, run.runId, {
      stage: run.stage,
      kind: 'foreign key left not valid',
      detail: { constraint: failed.objectName, findingId: String(findingId) },
    });
    await settleStatement(tx, run.runId, failed.unitNo);
  });
}

async function recordValidated(
  ctx: UnitContext,
  before: readonly DetachedStatement[],
  after: readonly DetachedStatement[],
): Promise<void> {
  for (const statement of after) {
    const was = before.find((one) => one.unitNo === statement.unitNo);
    if (statement.finished && statement.failedConstraint === null && was?.finished !== true) {
      await insertEvent(ctx.session, ctx.run.runId, {
        stage: ctx.run.stage,
        kind: 'foreign key validated',
        detail: { constraint: statement.objectName },
      });
    }
  }
}
