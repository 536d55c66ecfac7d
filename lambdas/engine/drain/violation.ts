import { logTable } from '../capture/change-log.ts';
import { keyEqualsLog } from '../capture/key-columns.ts';
import { ConstraintViolatedByDataError } from '../errors.ts';
import { columnList, qualified } from '../postgres/identifier.ts';
import { constraintOf } from '../postgres/sqlstate.ts';
import { insertFinding } from '../registry/findings.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitContext } from '../unit-context.ts';
import type { DrainJob } from './jobs.ts';

/** How many keys a finding lists. */
const KEYS_LISTED = 100;

/**
 * The drain makes no progress: finds out which constraint is in the way by putting one such row in without ON CONFLICT,
 * records the keys as a finding and throws ConstraintViolatedByDataError. Changes neither table.
 */
export async function stopAtViolation(ctx: UnitContext, job: DrainJob): Promise<never> {
  const constraint = await nameTheConstraint(ctx, job);
  const columns = job.key.map((column) => `l.${column.logColumn}::pg_catalog.text`).join(', ');
  const findingId = await insertFinding(ctx.session, {
    runId: ctx.run.runId,
    kind: 'constraint violated by data',
    constraintName: constraint,
    keysSql: /* sql */ `
      SELECT DISTINCT pg_catalog.jsonb_build_array(${columns}) AS row_key
      FROM ${logTable(job.names)} AS l WHERE l.put_back > 0`,
    keysListed: KEYS_LISTED,
  });
  throw new ConstraintViolatedByDataError(
    formatTableName(ctx.run.source),
    constraint ?? 'a constraint',
    String(findingId),
  );
}

async function nameTheConstraint(ctx: UnitContext, job: DrainJob): Promise<string | null> {
  try {
    await ctx.session.query(/* sql */ `
      INSERT INTO ${qualified(job.follower)} (${columnList(job.columns)}) OVERRIDING SYSTEM VALUE
      SELECT ${columnList(job.columns, 's.')}
      FROM ONLY ${qualified(job.captured)} AS s
      WHERE EXISTS (SELECT FROM ${logTable(job.names)} AS l WHERE l.put_back > 0 AND ${keyEqualsLog(job.key, 's', 'l')})
        AND NOT EXISTS (SELECT FROM ${logTable(job.names)} AS l JOIN ${qualified(job.follower)} AS f
                          ON ${keyEqualsLog(job.key, 'f', 'l')}
                        WHERE ${keyEqualsLog(job.key, 's', 'l')})`);
    return null;
  } catch (error) {
    const constraint = constraintOf(error);
    if (constraint === null) {
      throw error;
    }
    return constraint;
  }
}
