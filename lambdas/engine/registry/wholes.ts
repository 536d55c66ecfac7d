import type { PartitionLeaf } from '../catalog/partition-leaves.ts';
import type { Queryable } from '../postgres/session.ts';
import type { RunStage } from '../stages.ts';
import type { TableName } from '../table-name.ts';
import { UNHEARD_FOR } from './unheard.ts';

/** A partitioned table that is rebuilt as a whole: its partitions one after the other, each by a run of its own. */
export interface Whole {
  readonly wholeId: bigint;
  readonly root: TableName;
  readonly rootOid: number;
  readonly request: Readonly<Record<string, unknown>>;
  /** The run of the partition under way; null between two partitions. */
  readonly leafRunId: bigint | null;
  /** The run that was begun last; null when somebody has deleted them all. */
  readonly lastRunId: bigint | null;
  readonly done: number;
  /** Partitions that are done, under way or waiting: not those that are gone. */
  readonly partitions: number;
}

interface WholeRow {
  whole_id: bigint;
  root_oid: number;
  root_schema: string;
  root_name: string;
  request: Record<string, unknown>;
  leaf_run_id: bigint | null;
  last_run_id: bigint | null;
  done: number;
  partitions: number;
}

const SELECT_WHOLE = /* sql */ `
  SELECT w.whole_id, w.root_oid, w.root_schema, w.root_name, w.request, l.leaf_run_id, l.last_run_id, l.done, l.partitions
  FROM shadowstep.whole AS w
  CROSS JOIN LATERAL (
    SELECT pg_catalog.max(l.run_id) FILTER (WHERE l.state = 'running') AS leaf_run_id,
           pg_catalog.max(l.run_id) AS last_run_id,
           pg_catalog.count(*) FILTER (WHERE l.state = 'done')::pg_catalog.int4 AS done,
           pg_catalog.count(*) FILTER (WHERE l.state <> 'gone')::pg_catalog.int4 AS partitions
    FROM shadowstep.whole_leaf AS l WHERE l.whole_id = w.whole_id
  ) AS l`;

function toWhole(row: WholeRow): Whole {
  return {
    wholeId: row.whole_id,
    root: { schema: row.root_schema, name: row.root_name },
    rootOid: row.root_oid,
    request: row.request,
    leafRunId: row.leaf_run_id,
    lastRunId: row.last_run_id,
    done: row.done,
    partitions: row.partitions,
  };
}

/** The live whole of a partitioned table: by its OID, or by its name when nothing bears that name now. */
export async function findLiveWhole(client: Queryable, root: TableName, oid: number | null): Promise<Whole | null> {
  const [row] = await client.query<WholeRow>(
    /* sql */ `
    ${SELECT_WHOLE}
    WHERE w.finished_at IS NULL
      AND CASE WHEN $1::pg_catalog.oid IS NULL THEN (w.root_schema, w.root_name) = ($2, $3) ELSE w.root_oid = $1 END
    ORDER BY w.whole_id DESC
    LIMIT 1`,
    [oid, root.schema, root.name],
  );
  return row === undefined ? null : toWhole(row);
}

/** The whole to which a run belongs, if it is live. */
export async function findLiveWholeOfRun(client: Queryable, runId: bigint): Promise<Whole | null> {
  const [row] = await client.query<WholeRow>(
    /* sql */ `
    ${SELECT_WHOLE}
    WHERE w.finished_at IS NULL
      AND w.whole_id = (SELECT of_run.whole_id FROM shadowstep.whole_leaf AS of_run WHERE of_run.run_id = $1)`,
    [runId],
  );
  return row === undefined ? null : toWhole(row);
}

/**
 * The whole of this name that has just ended although nobody heard, as `findUnheardEnd` of runs.ts: `stoppedBecause` is how.
 * What was heard, and under whom it ended, is a mark of its last run.
 */
export async function findUnheardWhole(
  client: Queryable,
  root: TableName,
  driver: string,
  stoppedBecause: 'reset' | 'reverted' | null,
): Promise<Whole | null> {
  const [row] = await client.query<WholeRow>(
    /* sql */ `
    ${SELECT_WHOLE}
    JOIN shadowstep.run AS r ON r.run_id = l.last_run_id
    WHERE w.whole_id = (SELECT pg_catalog.max(last.whole_id) FROM shadowstep.whole AS last
                        WHERE (last.root_schema, last.root_name) = ($1, $2))
      AND w.finished_at IS NOT NULL
      AND w.stopped_because IS NOT DISTINCT FROM $4
      AND (r.marks->>'finished_by' = $3
           OR (r.marks->>'heard' IS NULL AND w.finished_at > pg_catalog.clock_timestamp() - $5::pg_catalog.interval))`,
    [root.schema, root.name, driver, stoppedBecause, UNHEARD_FOR],
  );
  return row === undefined ? null : toWhole(row);
}

/**
 * Registers a whole with its partitions in the order of their turn. Throws SQLSTATE 23505 (one_live_whole_per_root) when
 * another driver was faster.
 */
export async function insertWhole(
  tx: Queryable,
  whole: Pick<Whole, 'root' | 'rootOid' | 'request'>,
  leaves: readonly PartitionLeaf[],
): Promise<bigint> {
  const [row] = await tx.query<{ whole_id: bigint }>(
    /* sql */ `
    INSERT INTO shadowstep.whole (root_oid, root_schema, root_name, request) VALUES ($1, $2, $3, $4) RETURNING whole_id`,
    [whole.rootOid, whole.root.schema, whole.root.name, JSON.stringify(whole.request)],
  );
  const wholeId = row?.whole_id ?? 0n;
  await appendLeaves(tx, wholeId, leaves);
  return wholeId;
}

/** Further partitions, behind those that the whole has. */
export async function appendLeaves(tx: Queryable, wholeId: bigint, leaves: readonly PartitionLeaf[]): Promise<void> {
  await tx.query(
    /* sql */ `
    INSERT INTO shadowstep.whole_leaf (whole_id, place, leaf_oid, leaf_schema, leaf_name)
    SELECT $1, COALESCE((SELECT pg_catalog.max(l.place) FROM shadowstep.whole_leaf AS l WHERE l.whole_id = $1), 0) + new.place,
           new.leaf_oid, new.leaf_schema, new.leaf_name
    FROM ROWS FROM (
      pg_catalog.unnest($2::pg_catalog.oid[]), pg_catalog.unnest($3::pg_catalog.text[]), pg_catalog.unnest($4::pg_catalog.text[])
    ) WITH ORDINALITY AS new(leaf_oid, leaf_schema, leaf_name, place)`,
    [wholeId, leaves.map((leaf) => leaf.oid), leaves.map((leaf) => leaf.schema), leaves.map((leaf) => leaf.name)],
  );
}

export interface LeafRow extends TableName {
  readonly place: number;
  readonly oid: number;
  readonly state: 'waiting' | 'running' | 'done' | 'gone';
}

/** The partitions of a whole in the order of their turn. */
export async function readLeafRows(client: Queryable, wholeId: bigint): Promise<LeafRow[]> {
  return client.query<LeafRow>(
    /* sql */ `
    SELECT place, leaf_oid AS oid, leaf_schema AS schema, leaf_name AS name, state
    FROM shadowstep.whole_leaf WHERE whole_id = $1 ORDER BY place`,
    [wholeId],
  );
}

/** What a partition that has not begun is called now, and whether it still is one. */
export async function updateLeaf(
  tx: Queryable,
  wholeId: bigint,
  leaf: LeafRow & { readonly state: 'waiting' | 'gone' },
): Promise<void> {
  await tx.query(
    /* sql */ `
    UPDATE shadowstep.whole_leaf SET leaf_schema = $3, leaf_name = $4, state = $5 WHERE whole_id = $1 AND place = $2`,
    [wholeId, leaf.place, leaf.schema, leaf.name, leaf.state],
  );
}

/**
 * The partition's turn has come, with this run. One that was given up alone before has had another: what that was delivered
 * under goes on with this one.
 */
export async function beginLeaf(tx: Queryable, wholeId: bigint, place: number, runId: bigint): Promise<void> {
  await tx.query(
    /* sql */ `
    WITH before AS (
      SELECT l.run_id FROM shadowstep.whole_leaf AS l WHERE l.whole_id = $1 AND l.place = $2 AND l.state = 'waiting'
    ), delivered AS (
      UPDATE shadowstep.delivered_request AS d SET run_id = $3 FROM before WHERE d.run_id = before.run_id
    )
    UPDATE shadowstep.whole_leaf SET state = 'running', run_id = $3 WHERE whole_id = $1 AND place = $2 AND state = 'waiting'`,
    [wholeId, place, runId],
  );
}

/**
 * The partition of an `ended` row is not where its run knew it (dropped, detached, renamed or moved), while the table above
 * it, `w`, is there: nobody who gives up that run need mean the others.
 */
const LOST_ALONE = /* sql */ `
  EXISTS (SELECT FROM pg_catalog.pg_class AS root WHERE root.oid = w.root_oid)
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL pg_catalog.pg_partition_ancestors(c.oid::pg_catalog.regclass) AS above
    WHERE c.oid = ended.leaf_oid AND n.nspname = ended.leaf_schema AND c.relname = ended.leaf_name
      AND above.relid = w.root_oid)`;

/**
 * With the end of a partition's run, in its transaction (I-11): done; or, where the run was given up or reverted, the end of
 * the whole. But a partition that is lost (dropped, detached, renamed) is given up alone: it waits, and whether it is still
 * one of the whole's is seen before the next one begins. Nothing for the run of a table by itself.
 */
export async function endLeaf(tx: Queryable, runId: bigint, to: RunStage): Promise<void> {
  await tx.query(
    /* sql */ `
    WITH ended AS (
      UPDATE shadowstep.whole_leaf AS l
      SET state = CASE WHEN $2::pg_catalog.text = 'DONE' THEN 'done' ELSE 'waiting' END,
          leaf_oid = CASE WHEN $2::pg_catalog.text = 'DONE' THEN COALESCE(r.copy_oid, l.leaf_oid) ELSE l.leaf_oid END
      FROM shadowstep.run AS r
      WHERE r.run_id = $1 AND l.run_id = $1 AND l.state = 'running'
      RETURNING l.whole_id, l.leaf_oid, l.leaf_schema, l.leaf_name
    )
    UPDATE shadowstep.whole AS w
    SET finished_at = pg_catalog.clock_timestamp(),
        stopped_because = CASE WHEN $2::pg_catalog.text = 'RESET' THEN 'reset' ELSE 'reverted' END
    FROM ended
    WHERE w.whole_id = ended.whole_id AND $2::pg_catalog.text <> 'DONE'
      AND NOT ($2::pg_catalog.text = 'RESET' AND ${LOST_ALONE})`,
    [runId, to],
  );
}

/**
 * Holds the whole's row until the end of the transaction; false when it has ended, or a partition of it is under way: a twin
 * was faster (I-12).
 */
export async function lockBetweenLeaves(tx: Queryable, wholeId: bigint): Promise<boolean> {
  const [row] = await tx.query<{ live: boolean }>(
    /* sql */ `SELECT finished_at IS NULL AS live FROM shadowstep.whole WHERE whole_id = $1 FOR UPDATE`,
    [wholeId],
  );
  // In a statement of its own: it sees what the one before us has committed.
  const running = await tx.query(
    /* sql */ `SELECT FROM shadowstep.whole_leaf WHERE whole_id = $1 AND state = 'running'`,
    [wholeId],
  );
  return row?.live === true && running.length === 0;
}

/**
 * Ends a whole between two partitions; the caller holds its row. The end is `driver`'s, as that of a run is, and unheard: it
 * is a mark of the last run.
 */
export async function finishWhole(
  tx: Queryable,
  whole: Whole,
  stoppedBecause: 'reset' | null,
  driver: string,
): Promise<void> {
  await tx.query(
    /* sql */ `
    UPDATE shadowstep.whole SET finished_at = pg_catalog.clock_timestamp(), stopped_because = $2 WHERE whole_id = $1`,
    [whole.wholeId, stoppedBecause],
  );
  await tx.query(
    /* sql */ `
    UPDATE shadowstep.run
    SET marks = (marks - 'heard') || pg_catalog.jsonb_build_object('finished_by', $2::pg_catalog.text)
    WHERE run_id = $1`,
    [whole.lastRunId, driver],
  );
}
