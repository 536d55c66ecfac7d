import type { Queryable } from '../postgres/session.ts';

/** A statement that may outlive the invocation that sends it, e.g. CREATE INDEX. */
export interface DetachedStatement {
  readonly unitNo: number;
  readonly kind: 'index' | 'constraint' | 'foreign key' | 'materialized view';
  readonly objectName: string;
  readonly statement: string;
  /** Expected cost, bytes; the heaviest is sent first. */
  readonly weight: bigint;
  readonly finished: boolean;
  readonly sqlstate: string | null;
  readonly failedConstraint: string | null;
  /** A server process works on it now: it holds the statement's advisory lock. */
  readonly inFlight: boolean;
}

interface StatementRow {
  unit_no: number;
  kind: DetachedStatement['kind'];
  object_name: string;
  statement: string;
  weight: bigint;
  finished: boolean;
  sqlstate: string | null;
  failed_constraint: string | null;
  in_flight: boolean;
}

/** `'shadowstep/12/3'`: hashed to the key of the advisory lock that keeps twins of one statement apart (I-8). */
export function statementLockName(runId: bigint, unitNo: number): string {
  return `shadowstep/${runId}/${unitNo}`;
}

/** True of the row l of pg_locks that is the statement's advisory lock; h.key is the lock's key. */
const HOLDS_STATEMENT_LOCK = /* sql */ `
  l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT b.oid FROM pg_catalog.pg_database AS b WHERE b.datname = pg_catalog.current_database())
  AND l.classid::pg_catalog.int8 = (h.key >> 32) & 4294967295
  AND l.objid::pg_catalog.int8 = h.key & 4294967295`;

/** d.run_id and d.unit_no hashed as statementLockName() spells them. */
const STATEMENT_LOCK_KEY = /* sql */ `
  (SELECT pg_catalog.hashtextextended('shadowstep/' || d.run_id || '/' || d.unit_no, 0) AS key)`;

/**
 * The run's statements that work in the server at this moment, as one jsonb array for a person who looks: a query of
 * one row. NULL when none does.
 *
 * @param runId SQL expression
 */
export function runningStatementsSql(runId: string): string {
  return /* sql */ `
    SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
             'kind', d.kind, 'object', d.object_name, 'pid', l.pid,
             'seconds', pg_catalog.round(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)),
             'percent', pg_catalog.round(100.0 * p.blocks_done / NULLIF(p.blocks_total, 0))) ORDER BY d.unit_no)
    FROM shadowstep.detached_statement AS d
    CROSS JOIN LATERAL ${STATEMENT_LOCK_KEY} AS h
    JOIN pg_catalog.pg_locks AS l ON ${HOLDS_STATEMENT_LOCK}
    LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
    LEFT JOIN pg_catalog.pg_stat_progress_create_index AS p ON p.pid = l.pid
    WHERE d.run_id = ${runId} AND d.finished_at IS NULL`;
}

/** Server processes that work on the run's statements now, or wait for a lock to. */
export async function backendsAtWork(client: Queryable, runId: bigint): Promise<number[]> {
  const rows = await client.query<{ pid: number }>(
    /* sql */ `
    SELECT l.pid
    FROM shadowstep.detached_statement AS d
    CROSS JOIN LATERAL ${STATEMENT_LOCK_KEY} AS h
    JOIN pg_catalog.pg_locks AS l ON ${HOLDS_STATEMENT_LOCK}
    WHERE d.run_id = $1 AND d.finished_at IS NULL`,
    [runId],
  );
  return rows.map((row) => row.pid);
}

/** The stage's statements, of some kinds where they are given, heaviest first. */
export async function listStatements(
  client: Queryable,
  runId: bigint,
  stage: string,
  kinds: readonly DetachedStatement['kind'][] | null = null,
): Promise<DetachedStatement[]> {
  const rows = await client.query<StatementRow>(
    /* sql */ `
    SELECT d.unit_no, d.kind, d.object_name, d.statement, d.weight, d.finished_at IS NOT NULL AS finished,
           d.sqlstate, d.failed_constraint,
           EXISTS (SELECT FROM pg_catalog.pg_locks AS l WHERE ${HOLDS_STATEMENT_LOCK}) AS in_flight
    FROM shadowstep.detached_statement AS d,
         LATERAL ${STATEMENT_LOCK_KEY} AS h
    WHERE d.run_id = $1 AND d.stage = $2 AND ($3::pg_catalog.text[] IS NULL OR d.kind = ANY ($3::pg_catalog.text[]))
    ORDER BY d.weight DESC, d.unit_no`,
    [runId, stage, kinds],
  );
  return rows.map((row) => ({
    unitNo: row.unit_no,
    kind: row.kind,
    objectName: row.object_name,
    statement: row.statement,
    weight: row.weight,
    finished: row.finished,
    sqlstate: row.sqlstate,
    failedConstraint: row.failed_constraint,
    inFlight: row.in_flight,
  }));
}

export async function insertStatement(
  tx: Queryable,
  runId: bigint,
  stage: string,
  statement: Pick<DetachedStatement, 'kind' | 'objectName' | 'statement' | 'weight'>,
): Promise<void> {
  await tx.query(
    /* sql */ `
    INSERT INTO shadowstep.detached_statement (run_id, unit_no, stage, kind, object_name, statement, weight)
    SELECT $1, COALESCE(pg_catalog.max(unit_no), 0) + 1, $2, $3, $4, $5, $6
    FROM shadowstep.detached_statement WHERE run_id = $1`,
    [runId, stage, statement.kind, statement.objectName, statement.statement, statement.weight],
  );
}

/** Makes a failed statement one that is sent again: a resumed run tries anew. */
export async function forgetFailure(client: Queryable, runId: bigint, unitNo: number): Promise<void> {
  await client.query(
    /* sql */ `
    UPDATE shadowstep.detached_statement
    SET finished_at = NULL, sqlstate = NULL, failed_constraint = NULL, sent_at = NULL, started_at = NULL
    WHERE run_id = $1 AND unit_no = $2`,
    [runId, unitNo],
  );
}

/** Forgets the statements of a kind, whatever the stage: what they made is gone or in its place. */
export async function forgetStatements(tx: Queryable, runId: bigint, kind: DetachedStatement['kind']): Promise<void> {
  await tx.query(/* sql */ `DELETE FROM shadowstep.detached_statement WHERE run_id = $1 AND kind = $2`, [runId, kind]);
}

/** Leaves a statement that failed as finished: what it was for is seen to otherwise. */
export async function settleStatement(client: Queryable, runId: bigint, unitNo: number): Promise<void> {
  await client.query(
    /* sql */ `UPDATE shadowstep.detached_statement SET sqlstate = NULL WHERE run_id = $1 AND unit_no = $2`,
    [runId, unitNo],
  );
}

export async function markSent(client: Queryable, runId: bigint, unitNo: number): Promise<void> {
  await client.query(
    /* sql */ `
    UPDATE shadowstep.detached_statement SET sent_at = pg_catalog.clock_timestamp() WHERE run_id = $1 AND unit_no = $2`,
    [runId, unitNo],
  );
}
