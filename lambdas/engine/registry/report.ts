import { logTable } from '../capture/change-log.ts';
import { CHANGE_LOG, REVERSE_CHANGE_LOG } from '../object-names.ts';
import type { Queryable } from '../postgres/session.ts';
import type { RunStage } from '../stages.ts';
import { formatTableName, type TableName } from '../table-name.ts';
import type { Measure } from '../unit.ts';
import { runObjects } from '../unit-context.ts';
import { rangeTable } from '../verify/ranges.ts';
import { runningStatementsSql } from './detached-statements.ts';
import { isPresent } from './presence.ts';
import { registryVersion, VERSION_WITH_WHOLES } from './schema.ts';

/** One run as an operator wants to see it; counts are strings, since JSON has no bigint. */
export interface RunReport {
  readonly runId: string;
  readonly table: string;
  readonly stage: RunStage;
  readonly startedAt: string;
  /** Null while the run is live. */
  readonly finishedAt: string | null;
  readonly request: Record<string, unknown>;
  readonly stages: readonly {
    readonly stage: string;
    readonly startedAt: string;
    readonly finishedAt: string | null;
    readonly durationMs: number | null;
  }[];
  /** How far the stage under way is, in its own measure; null where there is nothing to count. */
  readonly progress: { readonly measure: Measure; readonly done: string; readonly estimated: string } | null;
  readonly rowsCopied: string;
  readonly rowsEstimated: string;
  readonly keysDrained: string;
  readonly keysPutBack: string;
  /** Change-log rows waiting, counted up to 100,000; null when there is no log. */
  readonly keysPending: string | null;
  /** The longest we waited for a strong lock, and the longest we then held one against others. */
  readonly longestLockWaitMs: number;
  readonly longestLockHeldMs: number;
  readonly bytesBefore: string | null;
  readonly bytesAfter: string | null;
  readonly verification: {
    readonly result: 'passed' | 'failed' | 'skipped' | 'not yet';
    readonly rowsCompared: string;
    readonly differences: string;
  };
  readonly foreignKeys: { readonly validated: number; readonly leftNotValid: number };
  readonly findings: readonly { readonly findingId: string; readonly kind: string; readonly at: string }[];
  readonly waitingFor: string | null;
  /** Detached statements that work in the server now. Each holds back the vacuum horizon of the whole database. */
  readonly running: readonly {
    readonly kind: 'index' | 'constraint' | 'foreign key' | 'materialized view';
    readonly object: string;
    readonly pid: number;
    /** Null where the role may not see it. */
    readonly seconds: number | null;
    /** Of CREATE INDEX, from pg_stat_progress_create_index; null for the rest and while it is not known. */
    readonly percent: number | null;
  }[];
  readonly lastError: { readonly name: string; readonly message: string; readonly at: string } | null;
  readonly driver: { readonly id: string | null; readonly live: boolean; readonly expiresAt: string | null };
}

interface ReportRow {
  run_id: bigint;
  source_schema: string;
  source_name: string;
  stage: RunStage;
  started_at: string;
  finished_at: string | null;
  request: Record<string, unknown>;
  rows_estimated: bigint;
  bytes_before: bigint | null;
  bytes_after: bigint | null;
  waiting_for: string | null;
  running: RunReport['running'];
  last_error: { name: string; message: string; at: string } | null;
  driver: string | null;
  driver_expires_at: string | null;
  lease_live: boolean;
  verification_mark: 'passed' | 'skipped' | null;
  stages: { stage: string; startedAt: string; finishedAt: string | null; durationMs: number | null }[];
  rows_copied: bigint;
  keys_drained: bigint;
  keys_put_back: bigint;
  lock_wait_ms: number;
  lock_held_ms: number;
  rows_compared: bigint;
  differences: bigint;
  validated: number;
  left_not_valid: number;
  statements_done: number;
  statements: number;
  verifying: boolean;
  swapped: boolean;
  findings: { findingId: string; kind: string; at: string }[];
  has_log: boolean;
}

const REPORT_COLUMNS = /* sql */ `
  r.run_id, r.source_schema, r.source_name, r.stage, r.request, r.rows_estimated, r.bytes_before, r.bytes_after,
  pg_catalog.to_jsonb(r.started_at) #>> '{}' AS started_at, pg_catalog.to_jsonb(r.finished_at) #>> '{}' AS finished_at,
  r.waiting_for, r.last_error, r.driver, pg_catalog.to_jsonb(r.driver_expires_at) #>> '{}' AS driver_expires_at,
  COALESCE(r.driver_expires_at > pg_catalog.clock_timestamp(), false) AS lease_live,
  r.marks ->> 'verification' AS verification_mark,
  COALESCE((
    SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
             'stage', s.stage, 'startedAt', s.started_at, 'finishedAt', s.finished_at,
             'durationMs', pg_catalog.round(EXTRACT(epoch FROM s.finished_at - s.started_at) * 1000)) ORDER BY s.stage_no)
    FROM shadowstep.stage AS s WHERE s.run_id = r.run_id), '[]') AS stages,
  COALESCE((SELECT pg_catalog.sum(b.rows_copied) FROM shadowstep.batch AS b WHERE b.run_id = r.run_id), 0)::pg_catalog.int8 AS rows_copied,
  COALESCE((SELECT pg_catalog.sum(d.keys_drained) FROM shadowstep.drain_slot AS d WHERE d.run_id = r.run_id), 0)::pg_catalog.int8 AS keys_drained,
  COALESCE((SELECT pg_catalog.sum(d.keys_put_back) FROM shadowstep.drain_slot AS d WHERE d.run_id = r.run_id), 0)::pg_catalog.int8 AS keys_put_back,
  e.lock_wait_ms, e.lock_held_ms, e.validated, e.left_not_valid, c.rows_compared, c.differences,
  u.statements_done, u.statements, r.swapped_at IS NOT NULL AS swapped,
  COALESCE((r.marks ->> 'verification_planned')::pg_catalog.bool AND r.marks ->> 'verification' IS NULL, false) AS verifying,
  COALESCE((${runningStatementsSql('r.run_id')}), '[]') AS running,
  COALESCE((
    SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('findingId', f.finding_id::pg_catalog.text, 'kind', f.kind, 'at', f.at)
                                ORDER BY f.finding_id)
    FROM shadowstep.finding AS f WHERE f.run_id = r.run_id), '[]') AS findings,
  pg_catalog.to_regclass(pg_catalog.format('%I.%I', 'shadowstep_' || r.run_id,
    CASE WHEN r.swapped_at IS NULL THEN '${CHANGE_LOG}' ELSE '${REVERSE_CHANGE_LOG}' END)) IS NOT NULL AS has_log`;

const FROM_RUN = /* sql */ `
  FROM shadowstep.run AS r,
  LATERAL (
    SELECT COALESCE(pg_catalog.max(v.lock_wait_ms), 0) AS lock_wait_ms, COALESCE(pg_catalog.max(v.lock_held_ms), 0) AS lock_held_ms,
           pg_catalog.count(*) FILTER (WHERE v.kind = 'foreign key validated')::pg_catalog.int4 AS validated,
           pg_catalog.count(*) FILTER (WHERE v.kind = 'foreign key left not valid')::pg_catalog.int4 AS left_not_valid
    FROM shadowstep.event AS v WHERE v.run_id = r.run_id
  ) AS e,
  -- Each range by what was found last: one with differences is compared again when the run is resumed.
  LATERAL (
    SELECT COALESCE(pg_catalog.sum(last.rows), 0)::pg_catalog.int8 AS rows_compared,
           COALESCE(pg_catalog.sum(last.differences), 0)::pg_catalog.int8 AS differences
    FROM (
      SELECT DISTINCT ON (COALESCE((v.detail ->> 'range')::pg_catalog.int8, -v.event_id))
             v.rows, (v.detail ->> 'differences')::pg_catalog.int8 AS differences
      FROM shadowstep.event AS v
      WHERE v.run_id = r.run_id AND v.kind = 'verified'
      ORDER BY COALESCE((v.detail ->> 'range')::pg_catalog.int8, -v.event_id), v.event_id DESC
    ) AS last
  ) AS c,
  LATERAL (
    SELECT pg_catalog.count(d.finished_at)::pg_catalog.int4 AS statements_done, pg_catalog.count(*)::pg_catalog.int4 AS statements
    FROM shadowstep.detached_statement AS d WHERE d.run_id = r.run_id AND d.stage = r.stage AND d.kind <> 'materialized view'
  ) AS u`;

/** The run's whole story from the registry. Takes no lock on the table. */
export async function reportRun(client: Queryable, runId: bigint): Promise<RunReport | null> {
  const [row] = await client.query<ReportRow>(/* sql */ `SELECT ${REPORT_COLUMNS} ${FROM_RUN} WHERE r.run_id = $1`, [
    runId,
  ]);
  return row === undefined ? null : toReport(client, row);
}

/**
 * All runs of a table, or of the database but for those of partitions within a whole (`listWholes`); newest first, at most
 * 100. Empty when there is no registry yet.
 */
export async function listRuns(client: Queryable, table?: TableName): Promise<RunReport[]> {
  const version = await registryVersion(client);
  if (version === 0) {
    return [];
  }
  const ofItsOwn =
    version < VERSION_WITH_WHOLES
      ? 'true'
      : /* sql */ `NOT EXISTS (SELECT FROM shadowstep.whole_leaf AS l WHERE l.run_id = r.run_id)`;
  const rows = await client.query<ReportRow>(
    /* sql */ `
    SELECT ${REPORT_COLUMNS} ${FROM_RUN}
    WHERE CASE WHEN $1::pg_catalog.text IS NULL THEN ${ofItsOwn} ELSE (r.source_schema, r.source_name) = ($1, $2) END
    ORDER BY r.run_id DESC
    LIMIT 100`,
    [table?.schema ?? null, table?.name ?? null],
  );
  const reports: RunReport[] = [];
  for (const row of rows) {
    reports.push(await toReport(client, row));
  }
  return reports;
}

async function toReport(client: Queryable, row: ReportRow): Promise<RunReport> {
  const keysPending = await pendingKeys(client, row);
  return {
    runId: String(row.run_id),
    table: formatTableName({ schema: row.source_schema, name: row.source_name }),
    stage: row.stage,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    request: row.request,
    stages: row.stages,
    progress: await stageProgress(client, row, BigInt(keysPending ?? 0)),
    rowsCopied: String(row.rows_copied),
    rowsEstimated: String(row.rows_estimated),
    keysDrained: String(row.keys_drained),
    keysPutBack: String(row.keys_put_back),
    keysPending,
    longestLockWaitMs: row.lock_wait_ms,
    longestLockHeldMs: row.lock_held_ms,
    bytesBefore: row.bytes_before === null ? null : String(row.bytes_before),
    bytesAfter: row.bytes_after === null ? null : String(row.bytes_after),
    verification: {
      result: row.verification_mark ?? (row.differences > 0n ? 'failed' : 'not yet'),
      rowsCompared: String(row.rows_compared),
      differences: String(row.differences),
    },
    foreignKeys: { validated: row.validated, leftNotValid: row.left_not_valid },
    findings: row.findings,
    waitingFor: row.waiting_for,
    running: row.running,
    lastError: row.last_error,
    driver: {
      id: row.driver,
      live: row.driver !== null && row.lease_live && (await isPresent(client, row.driver)),
      expiresAt: row.driver_expires_at,
    },
  };
}

async function pendingKeys(client: Queryable, row: ReportRow): Promise<string | null> {
  if (!row.has_log) {
    return null;
  }
  const objects = runObjects({ runId: row.run_id, source: { schema: row.source_schema, name: row.source_name } });
  const swapped = ['CLEAN_UP', 'REVERT', 'DONE', 'REVERTED'].includes(row.stage);
  const [counted] = await client.query<{ pending: bigint }>(/* sql */ `
    SELECT pg_catalog.count(*) AS pending
    FROM (SELECT FROM ${logTable(swapped ? objects.reverseChangeLog : objects.changeLog)} LIMIT 100000) AS l`);
  return String(counted?.pending ?? 0n);
}

/** The measure of the stage under way. The drain's estimate grows with the application's writes. */
async function stageProgress(client: Queryable, row: ReportRow, keysPending: bigint): Promise<RunReport['progress']> {
  const of = (measure: Measure, done: bigint | number, estimated: bigint | number) =>
    BigInt(estimated) === 0n ? null : { measure, done: String(done), estimated: String(estimated) };
  switch (row.stage) {
    case 'BACKFILL':
      return of('rows', row.rows_copied, row.rows_estimated);
    case 'SYNC_SCHEMAS':
      return of('indexes', row.statements_done, row.statements);
    case 'POST_SYNC_UPDATE': {
      const compared = row.verifying ? await comparedRanges(client, row) : null;
      return compared === null
        ? of('keys', row.keys_drained, row.keys_drained + keysPending)
        : of('ranges', compared.done, compared.all);
    }
    case 'SWAP':
      return row.swapped
        ? of('foreign keys', row.statements_done, row.statements)
        : of('keys', row.keys_drained, row.keys_drained + keysPending);
    default:
      return null;
  }
}

/** Null once the run's schema is gone. */
async function comparedRanges(client: Queryable, row: ReportRow): Promise<{ done: bigint; all: bigint } | null> {
  const objects = runObjects({ runId: row.run_id, source: { schema: row.source_schema, name: row.source_name } });
  const table = rangeTable(objects);
  const [there] = await client.query<{ there: boolean }>(
    /* sql */ `SELECT pg_catalog.to_regclass($1) IS NOT NULL AS there`,
    [table],
  );
  if (!there?.there) {
    return null;
  }
  const [counted] = await client.query<{ done: bigint; all: bigint }>(
    /* sql */ `SELECT pg_catalog.count(v.rows_compared) AS done, pg_catalog.count(*) AS "all" FROM ${table} AS v`,
  );
  return counted ?? null;
}
