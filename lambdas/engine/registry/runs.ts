import type { TableFacts } from '../catalog/table-facts.ts';
import { DriverReplacedError, type ShadowstepError, SourceMissingError } from '../errors.ts';
import { CHANGE_LOG, oldTableSchema, REVERSE_CHANGE_LOG, runSchema } from '../object-names.ts';
import type { Queryable, Session } from '../postgres/session.ts';
import { isTerminal, type RunStage } from '../stages.ts';
import type { TableName } from '../table-name.ts';
import { UNHEARD_FOR } from './unheard.ts';
import { endLeaf } from './wholes.ts';

/** How long a driver is believed in without a heartbeat. Longer than any Wait or retry pause of the state machine (60 s). */
export const LEASE_SECONDS = 90;

export interface Run {
  readonly runId: bigint;
  readonly source: TableName;
  readonly sourceOid: number;
  readonly copyOid: number | null;
  readonly request: Readonly<Record<string, unknown>>;
  readonly stage: RunStage;
  readonly facts: TableFacts | null;
  readonly newFingerprint: Readonly<Record<string, string>> | null;
  readonly sourceFilenode: number | null;
  readonly rowsEstimated: bigint;
  readonly batchBlocks: number;
  readonly swapped: boolean;
  readonly reverted: boolean;
  readonly lockAttempts: number;
  readonly driver: string | null;
  readonly leaseSeconds: number | null;
  readonly marks: Readonly<Record<string, unknown>>;
}

interface RunRow {
  run_id: bigint;
  source_schema: string;
  source_name: string;
  source_oid: number;
  copy_oid: number | null;
  request: Record<string, unknown>;
  stage: RunStage;
  facts: TableFacts | null;
  new_fingerprint: Record<string, string> | null;
  source_filenode: number | null;
  rows_estimated: bigint;
  batch_blocks: number;
  swapped: boolean;
  reverted: boolean;
  lock_attempts: number;
  driver: string | null;
  lease_seconds: number | null;
  marks: Record<string, unknown>;
}

const RUN_COLUMNS = /* sql */ `
  run_id, source_schema, source_name, source_oid, copy_oid, request, stage, facts, new_fingerprint,
  source_filenode, rows_estimated, batch_blocks, swapped_at IS NOT NULL AS swapped, reverted_at IS NOT NULL AS reverted,
  lock_attempts, driver, marks,
  EXTRACT(epoch FROM driver_expires_at - pg_catalog.clock_timestamp())::pg_catalog.float8 AS lease_seconds`;

function toRun(row: RunRow): Run {
  return {
    runId: row.run_id,
    source: { schema: row.source_schema, name: row.source_name },
    sourceOid: row.source_oid,
    copyOid: row.copy_oid,
    request: row.request,
    stage: row.stage,
    facts: row.facts,
    newFingerprint: row.new_fingerprint,
    sourceFilenode: row.source_filenode,
    rowsEstimated: row.rows_estimated,
    batchBlocks: row.batch_blocks,
    swapped: row.swapped,
    reverted: row.reverted,
    lockAttempts: row.lock_attempts,
    driver: row.driver,
    leaseSeconds: row.lease_seconds,
    marks: row.marks,
  };
}

/** The run as recorded now. */
export async function readRun(client: Queryable, runId: bigint): Promise<Run | null> {
  const [row] = await client.query<RunRow>(/* sql */ `SELECT ${RUN_COLUMNS} FROM shadowstep.run WHERE run_id = $1`, [
    runId,
  ]);
  return row === undefined ? null : toRun(row);
}

/** The live run of a table: by its OID (before or after the swap), or by its name when nothing bears that name now. */
export async function findLiveRun(client: Queryable, table: TableName, oid: number | null): Promise<Run | null> {
  const [row] = await client.query<RunRow>(
    /* sql */ `
    SELECT ${RUN_COLUMNS} FROM shadowstep.run
    WHERE finished_at IS NULL
      AND CASE
            WHEN $1::pg_catalog.oid IS NULL THEN (source_schema, source_name) = ($2, $3)
            ELSE source_oid = $1 OR copy_oid = $1 OR (source_schema, source_name) = ($2, $3)
          END
    ORDER BY (source_oid = $1 OR copy_oid = $1) DESC, run_id DESC
    LIMIT 1`,
    [oid, table.schema, table.name],
  );
  return row === undefined ? null : toRun(row);
}

/**
 * The run of this table that has just ended in `stage` although nobody heard: under this driver, whose unit is being
 * repeated, or under one that died between the commit and its answer. Without it a kill after the last COMMIT would
 * start a second full run (faults l). The run of a partition within a whole is that one's affair (`findUnheardWhole`).
 */
export async function findUnheardEnd(
  client: Queryable,
  table: TableName,
  driver: string,
  stage: RunStage,
): Promise<Run | null> {
  const [row] = await client.query<RunRow>(
    /* sql */ `
    SELECT ${RUN_COLUMNS} FROM shadowstep.run
    WHERE (source_schema, source_name) = ($1, $2)
      AND run_id = (SELECT pg_catalog.max(last.run_id) FROM shadowstep.run AS last
                    WHERE (last.source_schema, last.source_name) = ($1, $2))
      AND stage = $4
      AND (marks->>'finished_by' = $3
           OR (marks->>'heard' IS NULL AND finished_at > pg_catalog.clock_timestamp() - $5::pg_catalog.interval))
      AND NOT EXISTS (SELECT FROM shadowstep.whole_leaf AS l WHERE l.run_id = run.run_id)`,
    [table.schema, table.name, driver, stage, UNHEARD_FOR],
  );
  return row === undefined ? null : toRun(row);
}

/**
 * The end of the run was told to its driver: the same command means a new run from now on. A unit does it for a driver on
 * AWS, whose answer is kept by the execution; a local driver does it itself when it has the answer.
 */
export async function markHeard(client: Queryable, runId: bigint): Promise<void> {
  await setMarks(client, runId, { heard: true });
}

export interface NewRun {
  readonly source: TableName;
  readonly sourceOid: number;
  readonly request: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  readonly rowsEstimated: bigint;
  readonly bytesBefore: bigint;
  readonly driver: string;
  readonly preValidationStartedAt: string;
}

/**
 * Registers a run that passed PRE_VALIDATION. Throws SQLSTATE 23505 (one_live_run_per_table) when another driver was
 * faster. Numbers whose schema is left over from a lost registry are passed over.
 */
export async function insertRun(tx: Queryable, run: NewRun): Promise<bigint> {
  const runId = await nextFreeRunId(tx);
  await tx.query(
    /* sql */ `
    INSERT INTO shadowstep.run
      (run_id, source_schema, source_name, source_oid, request, stage, rows_estimated, bytes_before, driver, driver_expires_at)
    OVERRIDING SYSTEM VALUE
    VALUES ($1, $2, $3, $4, $5, 'SETUP', $6, $7, $8, pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => $9))`,
    [
      runId,
      run.source.schema,
      run.source.name,
      run.sourceOid,
      JSON.stringify(run.request),
      run.rowsEstimated,
      run.bytesBefore,
      run.driver,
      LEASE_SECONDS,
    ],
  );
  await tx.query(
    /* sql */ `
    INSERT INTO shadowstep.stage (run_id, stage, started_at, finished_at)
    VALUES ($1, 'PRE_VALIDATION', $2::pg_catalog.timestamptz, pg_catalog.clock_timestamp()), ($1, 'SETUP', pg_catalog.clock_timestamp(), NULL)`,
    [runId, run.preValidationStartedAt],
  );
  await tx.query(/* sql */ `INSERT INTO shadowstep.drain_slot (run_id, change_log) VALUES ($1, $2), ($1, $3)`, [
    runId,
    CHANGE_LOG,
    REVERSE_CHANGE_LOG,
  ]);
  if (run.requestId !== null) {
    await tx.query(
      /* sql */ `INSERT INTO shadowstep.delivered_request (request_id, run_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
      [run.requestId, runId],
    );
  }
  return runId;
}

async function nextFreeRunId(tx: Queryable): Promise<bigint> {
  for (;;) {
    const [next] = await tx.query<{ run_id: bigint }>(
      /* sql */ `SELECT pg_catalog.nextval('shadowstep.run_run_id_seq'::pg_catalog.regclass) AS run_id`,
    );
    const runId = next?.run_id ?? 0n;
    const taken = await tx.query(
      /* sql */ `SELECT FROM pg_catalog.pg_namespace WHERE nspname = ANY ($1::pg_catalog.name[])`,
      [[runSchema(runId), oldTableSchema(runId)]],
    );
    if (taken.length === 0) {
      return runId;
    }
  }
}

/** The run that a delivery with this id has started, if any. */
export async function findDeliveredRun(client: Queryable, requestId: string): Promise<Run | null> {
  const [row] = await client.query<RunRow>(
    /* sql */ `
    SELECT ${RUN_COLUMNS} FROM shadowstep.run
    WHERE run_id = (SELECT d.run_id FROM shadowstep.delivered_request AS d WHERE d.request_id = $1)`,
    [requestId],
  );
  return row === undefined ? null : toRun(row);
}

/** Thrown inside a unit whose stage has moved on meanwhile: a twin was faster. Caught by runTask, never seen outside. */
export class StageMovedOn extends Error {}

/**
 * Every transaction of a unit begins with this (I-12): a late twin of an earlier invocation does nothing after the
 * stage has moved. FOR KEY SHARE lets pause, cancel and heartbeat be written meanwhile; FOR UPDATE where the stage moves.
 */
export async function lockRun(tx: Queryable, run: Run, driver: string, mode: 'KEY SHARE' | 'UPDATE'): Promise<void> {
  const [row] = await tx.query<{ stage: RunStage; driver: string | null }>(
    mode === 'UPDATE'
      ? /* sql */ `SELECT stage, driver FROM shadowstep.run WHERE run_id = $1 FOR UPDATE`
      : /* sql */ `SELECT stage, driver FROM shadowstep.run WHERE run_id = $1 FOR KEY SHARE`,
    [run.runId],
  );
  if (row === undefined || row.stage !== run.stage) {
    throw new StageMovedOn();
  }
  if (row.driver !== driver) {
    throw new DriverReplacedError(`${run.source.schema}.${run.source.name}`, String(run.runId));
  }
}

/**
 * Moves the stage, and with it the history, in the caller's transaction (I-11); with a run's end also its place in a whole.
 * The caller holds the row FOR UPDATE.
 */
export async function moveStage(tx: Queryable, run: Run, to: RunStage): Promise<void> {
  await tx.query(
    /* sql */ `
    UPDATE shadowstep.stage SET finished_at = pg_catalog.clock_timestamp() WHERE run_id = $1 AND finished_at IS NULL`,
    [run.runId],
  );
  await tx.query(
    /* sql */ `
    UPDATE shadowstep.run
    SET stage = $2, lock_attempts = 0, waiting_for = NULL, last_error = NULL,
        finished_at = CASE WHEN $3 THEN pg_catalog.clock_timestamp() END,
        marks = CASE WHEN $3 THEN marks || pg_catalog.jsonb_build_object('finished_by', driver) ELSE marks END,
        driver = CASE WHEN $3 THEN NULL ELSE driver END,
        driver_expires_at = CASE WHEN $3 THEN NULL ELSE driver_expires_at END
    WHERE run_id = $1`,
    [run.runId, to, isTerminal(to)],
  );
  if (isTerminal(to)) {
    await endLeaf(tx, run.runId, to);
  } else {
    await tx.query(/* sql */ `INSERT INTO shadowstep.stage (run_id, stage) VALUES ($1, $2)`, [run.runId, to]);
  }
}

/** Records what SETUP made the copy from. */
export async function recordCopy(
  tx: Queryable,
  run: Run,
  copyOid: number,
  facts: TableFacts,
  sourceFilenode: number,
): Promise<void> {
  await tx.query(
    /* sql */ `UPDATE shadowstep.run SET copy_oid = $2, facts = $3, source_filenode = $4 WHERE run_id = $1`,
    [run.runId, copyOid, JSON.stringify(facts), sourceFilenode],
  );
}

/** Sets step marks: small facts inside a stage that a resumed unit reads. */
export async function setMarks(tx: Queryable, runId: bigint, marks: Readonly<Record<string, unknown>>): Promise<void> {
  await tx.query(/* sql */ `UPDATE shadowstep.run SET marks = marks || $2::pg_catalog.jsonb WHERE run_id = $1`, [
    runId,
    JSON.stringify(marks),
  ]);
}

/** The same where no transaction of the unit is open: it begins as each does (I-12). */
export async function setMarksOf(
  session: Session,
  run: Run,
  driver: string,
  marks: Readonly<Record<string, unknown>>,
): Promise<void> {
  await session.transaction({}, async (tx) => {
    await lockRun(tx, run, driver, 'KEY SHARE');
    await setMarks(tx, run.runId, marks);
  });
}

/** Remembers the batch size that fitted, so that the next unit need not find it again; unless it is another driver's. */
export async function setBatchBlocks(client: Queryable, runId: bigint, driver: string, blocks: number): Promise<void> {
  await client.query(/* sql */ `UPDATE shadowstep.run SET batch_blocks = $3 WHERE run_id = $1 AND driver = $2`, [
    runId,
    driver,
    blocks,
  ]);
}

/** One more attempt at a lock; returns how many there were. Reset when the stage moves. */
export async function countLockAttempt(client: Queryable, runId: bigint): Promise<number> {
  const [row] = await client.query<{ lock_attempts: number }>(
    /* sql */ `UPDATE shadowstep.run SET lock_attempts = lock_attempts + 1 WHERE run_id = $1 RETURNING lock_attempts`,
    [runId],
  );
  return row?.lock_attempts ?? 1;
}

/** Not by a driver that was replaced: the run is another's by now (I-12). */
export async function setWaitingFor(
  client: Queryable,
  runId: bigint,
  driver: string,
  because: string | null,
): Promise<void> {
  await client.query(
    /* sql */ `
    UPDATE shadowstep.run SET waiting_for = $2
    WHERE run_id = $1 AND waiting_for IS DISTINCT FROM $2 AND (driver IS NULL OR driver = $3)`,
    [runId, because, driver],
  );
}

/**
 * Written before the error leaves the unit, so that the registry knows even when nobody hears it. Not by a driver that was
 * replaced: the run is another's by now, and fares well (I-12).
 */
export async function recordError(
  client: Queryable,
  runId: bigint,
  driver: string,
  error: ShadowstepError,
): Promise<void> {
  await client.query(
    /* sql */ `
    UPDATE shadowstep.run
    SET last_error = pg_catalog.jsonb_build_object('name', $2::text, 'message', $3::text, 'at', pg_catalog.clock_timestamp())
    WHERE run_id = $1 AND (driver IS NULL OR driver = $4)`,
    [runId, error.name, error.message, driver],
  );
}

/** Which of the run's two tables bears the name that the application knows; null when neither does. */
export async function tableInPlace(client: Queryable, run: Run): Promise<'source' | 'copy' | null> {
  const [row] = await client.query<{ oid: number }>(
    /* sql */ `
    SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = $2`,
    [run.source.schema, run.source.name],
  );
  return row === undefined ? null : row.oid === run.sourceOid ? 'source' : row.oid === run.copyOid ? 'copy' : null;
}

/** Throws SourceMissingError unless the table in place still is the one the run knows. */
export async function assertTableInPlace(client: Queryable, run: Run): Promise<void> {
  if ((await tableInPlace(client, run)) !== (run.swapped && !run.reverted ? 'copy' : 'source')) {
    throw new SourceMissingError(`${run.source.schema}.${run.source.name}`, String(run.runId));
  }
}
