import type { Queryable } from '../postgres/session.ts';
import { formatTableName, type TableName } from '../table-name.ts';
import { type RunReport, reportRun } from './report.ts';
import { registryVersion, VERSION_WITH_WHOLES } from './schema.ts';

/** A partitioned table that is rebuilt as a whole, as an operator wants to see it: one entry for all its partitions' runs. */
export interface WholeReport {
  readonly wholeId: string;
  /** The partitioned table. */
  readonly table: string;
  readonly startedAt: string;
  /** Null while it is live. */
  readonly finishedAt: string | null;
  /** Why it ended before its last partition was done; null when it did not, or is live. */
  readonly stoppedBecause: 'reset' | 'reverted' | null;
  readonly request: Record<string, unknown>;
  /** How many are in which state; `all` leaves out those that are gone. */
  readonly partitions: {
    readonly done: number;
    readonly running: number;
    readonly waiting: number;
    readonly gone: number;
    readonly all: number;
  };
  /** Of the partitions that are done. */
  readonly rowsCopied: string;
  readonly bytesBefore: string;
  readonly bytesAfter: string;
  /** Of all runs. */
  readonly longestLockWaitMs: number;
  readonly longestLockHeldMs: number;
  readonly findings: RunReport['findings'];
  /** In the order of their turn. */
  readonly leaves: readonly {
    readonly table: string;
    readonly state: 'waiting' | 'running' | 'done' | 'gone';
    /** Null of one that has not begun. */
    readonly runId: string | null;
  }[];
  /** The report of the partition under way; between two, and at the end, of the one that was begun last. */
  readonly partition: RunReport | null;
}

interface WholeRow {
  whole_id: bigint;
  root_schema: string;
  root_name: string;
  started_at: string;
  finished_at: string | null;
  stopped_because: 'reset' | 'reverted' | null;
  request: Record<string, unknown>;
  leaves: { schema: string; name: string; state: WholeReport['leaves'][number]['state']; runId: string | null }[];
  last_run_id: bigint | null;
  rows_copied: bigint;
  bytes_before: bigint;
  bytes_after: bigint;
  lock_wait_ms: number;
  lock_held_ms: number;
  findings: { findingId: string; kind: string; at: string }[];
}

const SELECT_WHOLES = /* sql */ `
  SELECT w.whole_id, w.root_schema, w.root_name, w.stopped_because, w.request,
         pg_catalog.to_jsonb(w.started_at) #>> '{}' AS started_at, pg_catalog.to_jsonb(w.finished_at) #>> '{}' AS finished_at,
         l.leaves, l.last_run_id, l.rows_copied, l.bytes_before, l.bytes_after, e.lock_wait_ms, e.lock_held_ms, f.findings
  FROM shadowstep.whole AS w
  CROSS JOIN LATERAL (
    SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
             'schema', l.leaf_schema, 'name', l.leaf_name, 'state', l.state, 'runId', l.run_id::pg_catalog.text
           ) ORDER BY l.place) AS leaves,
           pg_catalog.max(l.run_id) AS last_run_id,
           COALESCE(pg_catalog.sum(b.rows_copied) FILTER (WHERE l.state = 'done'), 0)::pg_catalog.int8 AS rows_copied,
           COALESCE(pg_catalog.sum(r.bytes_before) FILTER (WHERE l.state = 'done'), 0)::pg_catalog.int8 AS bytes_before,
           COALESCE(pg_catalog.sum(r.bytes_after) FILTER (WHERE l.state = 'done'), 0)::pg_catalog.int8 AS bytes_after
    FROM shadowstep.whole_leaf AS l
    LEFT JOIN shadowstep.run AS r ON r.run_id = l.run_id
    LEFT JOIN LATERAL (
      SELECT pg_catalog.sum(b.rows_copied) AS rows_copied FROM shadowstep.batch AS b WHERE b.run_id = l.run_id
    ) AS b ON true
    WHERE l.whole_id = w.whole_id
  ) AS l
  CROSS JOIN LATERAL (
    SELECT COALESCE(pg_catalog.max(v.lock_wait_ms), 0) AS lock_wait_ms, COALESCE(pg_catalog.max(v.lock_held_ms), 0) AS lock_held_ms
    FROM shadowstep.whole_leaf AS of_run JOIN shadowstep.event AS v ON v.run_id = of_run.run_id
    WHERE of_run.whole_id = w.whole_id
  ) AS e
  CROSS JOIN LATERAL (
    SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
             'findingId', f.finding_id::pg_catalog.text, 'kind', f.kind, 'at', f.at) ORDER BY f.finding_id), '[]') AS findings
    FROM shadowstep.whole_leaf AS of_run JOIN shadowstep.finding AS f ON f.run_id = of_run.run_id
    WHERE of_run.whole_id = w.whole_id
  ) AS f`;

/** The story of the whole to which a run belongs; null of the run of a table by itself. */
export async function reportWholeOfRun(client: Queryable, runId: bigint): Promise<WholeReport | null> {
  if ((await registryVersion(client)) < VERSION_WITH_WHOLES) {
    return null;
  }
  const [row] = await client.query<WholeRow>(
    /* sql */ `
    ${SELECT_WHOLES}
    WHERE w.whole_id = (SELECT of_run.whole_id FROM shadowstep.whole_leaf AS of_run WHERE of_run.run_id = $1)`,
    [runId],
  );
  return row === undefined ? null : toReport(client, row);
}

/** All wholes of a partitioned table (or of the database), newest first, at most 100. Empty where there is no registry. */
export async function listWholes(client: Queryable, root?: TableName): Promise<WholeReport[]> {
  if ((await registryVersion(client)) < VERSION_WITH_WHOLES) {
    return [];
  }
  const rows = await client.query<WholeRow>(
    /* sql */ `
    ${SELECT_WHOLES}
    WHERE $1::pg_catalog.text IS NULL OR (w.root_schema, w.root_name) = ($1, $2)
    ORDER BY w.whole_id DESC
    LIMIT 100`,
    [root?.schema ?? null, root?.name ?? null],
  );
  const reports: WholeReport[] = [];
  for (const row of rows) {
    reports.push(await toReport(client, row));
  }
  return reports;
}

async function toReport(client: Queryable, row: WholeRow): Promise<WholeReport> {
  const count = (state: string) => row.leaves.filter((leaf) => leaf.state === state).length;
  const counts = { done: count('done'), running: count('running'), waiting: count('waiting'), gone: count('gone') };
  return {
    wholeId: String(row.whole_id),
    table: formatTableName({ schema: row.root_schema, name: row.root_name }),
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    stoppedBecause: row.stopped_because,
    request: row.request,
    partitions: { ...counts, all: row.leaves.length - counts.gone },
    rowsCopied: String(row.rows_copied),
    bytesBefore: String(row.bytes_before),
    bytesAfter: String(row.bytes_after),
    longestLockWaitMs: row.lock_wait_ms,
    longestLockHeldMs: row.lock_held_ms,
    findings: row.findings,
    leaves: row.leaves.map(({ schema, name, state, runId }) => ({
      table: formatTableName({ schema, name }),
      state,
      runId,
    })),
    partition: row.last_run_id === null ? null : await reportRun(client, row.last_run_id),
  };
}
