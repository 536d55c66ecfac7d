import { RefusedError } from '../errors.ts';
import type { Queryable, Session } from '../postgres/session.ts';
import { sqlstateOf } from '../postgres/sqlstate.ts';
import { findLiveRun, insertRun, type NewRun, type Run, readRun } from '../registry/runs.ts';
import { ensureRegistry } from '../registry/schema.ts';
import { type ParsedRequest, requestIdentity } from '../request.ts';
import { formatTableName } from '../table-name.ts';
import { preValidate } from './pre-validate.ts';

/** unique_violation: another driver has registered a run of this table in between. */
const ANOTHER_WAS_FASTER = '23505';

/**
 * PRE_VALIDATION: every check, read-only; then, and only if none said no, the registry (made at its first use) and the
 * run's row. Throws RefusedError with all refusals at once, having changed nothing.
 */
export async function startRun(session: Session, request: ParsedRequest, driver: string): Promise<Run> {
  const began = await readClock(session);
  const { facts, refusals } = await preValidate(session, request);
  if (refusals.length > 0 || facts === null) {
    throw new RefusedError(formatTableName(request.table), refusals);
  }
  await ensureRegistry(session);
  try {
    const run = await newRun(session, request, facts.oid, driver, began);
    const runId = await session.transaction({}, (tx) => insertRun(tx, run));
    return await mustRead(readRun(session, runId));
  } catch (error) {
    if (sqlstateOf(error) === ANOTHER_WAS_FASTER) {
      return mustRead(findLiveRun(session, request.table, facts.oid));
    }
    throw error;
  }
}

/** The database's time, as text. */
export async function readClock(client: Queryable): Promise<string> {
  const [now] = await client.query<{ at: string }>(
    /* sql */ `SELECT pg_catalog.clock_timestamp()::pg_catalog.text AS at`,
  );
  return now?.at ?? 'now';
}

/** The row of a run of the request's table, whose PRE_VALIDATION began at `began` and found nothing to refuse. */
export async function newRun(
  session: Session,
  request: ParsedRequest,
  oid: number,
  driver: string,
  began: string,
): Promise<NewRun> {
  const size = await readSize(session, oid);
  return {
    source: request.table,
    sourceOid: oid,
    request: requestIdentity(request),
    requestId: request.requestId,
    rowsEstimated: size.rows,
    bytesBefore: size.bytes,
    driver,
    preValidationStartedAt: began,
  };
}

async function mustRead(reading: Promise<Run | null>): Promise<Run> {
  const run = await reading;
  if (run === null) {
    throw new Error('the run that was just registered is gone');
  }
  return run;
}

/** Bytes of everything, and rows as the statistics say; by a hundred bytes a row where nothing was ever analysed. */
async function readSize(session: Session, oid: number): Promise<{ bytes: bigint; rows: bigint }> {
  const [row] = await session.query<{ bytes: bigint; rows: bigint }>(
    /* sql */ `
    SELECT pg_catalog.pg_total_relation_size(c.oid) AS bytes,
           CASE WHEN c.reltuples >= 0 AND c.relpages > 0
                THEN (c.reltuples / c.relpages
                      * (pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::pg_catalog.int8))::pg_catalog.int8
                ELSE pg_catalog.pg_relation_size(c.oid) / 100 END AS rows
    FROM pg_catalog.pg_class AS c WHERE c.oid = $1`,
    [oid],
  );
  return { bytes: row?.bytes ?? 0n, rows: row?.rows ?? 0n };
}
