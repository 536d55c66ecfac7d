import type { Queryable } from '../postgres/session.ts';

/**
 * Blocks per batch row: enough rows for the workers to share a small table evenly, and never more than ten thousand rows
 * whatever the table (1 TB is 134 million blocks: 10,000 rows of 105 MB).
 */
const MOST_BATCH_ROWS = 10_000;
const FEWEST_BLOCKS = 128;
const USUAL_MOST_BLOCKS = 8_192;
const ROWS_PER_WORKER = 16;

/**
 * Plans the batches over the heap's blocks as they are now. The caller's statement runs after the capture triggers are
 * committed, so that no earlier writer's block is missed (I-2).
 */
export async function planBatches(tx: Queryable, runId: bigint, sourceOid: number, workers: number): Promise<void> {
  await tx.query(
    /* sql */ `
    WITH heap AS (
      SELECT pg_catalog.pg_relation_size($2::pg_catalog.oid::pg_catalog.regclass, 'main')
             / pg_catalog.current_setting('block_size')::pg_catalog.int8 AS blocks
    ), step AS (
      SELECT blocks,
             GREATEST(
               LEAST(GREATEST(blocks / ($3::pg_catalog.int8 * $4), $5), $6),
               (blocks + $7 - 1) / $7
             ) AS size
      FROM heap
    ), planned AS (
      INSERT INTO shadowstep.batch (run_id, batch_no, first_block, end_block, next_block)
      SELECT $1, pg_catalog.row_number() OVER (ORDER BY first_block), first_block,
             LEAST(first_block + size, blocks), first_block
      FROM step, pg_catalog.generate_series(0, blocks - 1, size) AS first_block
      WHERE blocks > 0
    )
    UPDATE shadowstep.run SET source_blocks = (SELECT blocks FROM heap) WHERE run_id = $1`,
    [runId, sourceOid, workers, ROWS_PER_WORKER, FEWEST_BLOCKS, USUAL_MOST_BLOCKS, MOST_BATCH_ROWS],
  );
}

export interface ClaimedBatch {
  readonly batchNo: number;
  readonly nextBlock: bigint;
  readonly endBlock: bigint;
}

/** The first unfinished batch that nobody else works on, locked until commit; null when there is none. */
export async function claimBatch(tx: Queryable, runId: bigint): Promise<ClaimedBatch | null> {
  const [row] = await tx.query<{ batch_no: number; next_block: bigint; end_block: bigint }>(
    /* sql */ `
    SELECT batch_no, next_block, end_block FROM shadowstep.batch
    WHERE run_id = $1 AND next_block < end_block
    ORDER BY batch_no
    LIMIT 1
    FOR UPDATE SKIP LOCKED`,
    [runId],
  );
  return row === undefined ? null : { batchNo: row.batch_no, nextBlock: row.next_block, endBlock: row.end_block };
}

/**
 * Marks the blocks before `nextBlock` as copied, in the transaction that copied them (I-5). Returns false when the
 * source's file is not the one the positions belong to any more; the caller rolls back.
 */
export async function advanceBatch(
  tx: Queryable,
  runId: bigint,
  batch: ClaimedBatch,
  nextBlock: bigint,
  rowsCopied: number,
  sourceOid: number,
  sourceFilenode: number,
): Promise<boolean> {
  const marked = await tx.execute(
    /* sql */ `
    UPDATE shadowstep.batch SET next_block = $3, rows_copied = rows_copied + $4
    WHERE run_id = $1 AND batch_no = $2 AND pg_catalog.pg_relation_filenode($5) = $6`,
    [runId, batch.batchNo, nextBlock, rowsCopied, sourceOid, sourceFilenode],
  );
  return marked === 1;
}

export interface BackfillProgress {
  readonly rowsCopied: bigint;
  readonly blocksDone: bigint;
  readonly blocks: bigint;
  readonly unfinished: bigint;
}

export async function backfillProgress(client: Queryable, runId: bigint): Promise<BackfillProgress> {
  const [row] = await client.query<{ rows_copied: bigint; blocks_done: bigint; blocks: bigint; unfinished: bigint }>(
    /* sql */ `
    SELECT COALESCE(pg_catalog.sum(rows_copied), 0)::pg_catalog.int8 AS rows_copied,
           COALESCE(pg_catalog.sum(next_block - first_block), 0)::pg_catalog.int8 AS blocks_done,
           COALESCE(pg_catalog.sum(end_block - first_block), 0)::pg_catalog.int8 AS blocks,
           pg_catalog.count(*) FILTER (WHERE next_block < end_block) AS unfinished
    FROM shadowstep.batch WHERE run_id = $1`,
    [runId],
  );
  return {
    rowsCopied: row?.rows_copied ?? 0n,
    blocksDone: row?.blocks_done ?? 0n,
    blocks: row?.blocks ?? 0n,
    unfinished: row?.unfinished ?? 0n,
  };
}

/** Waits for the batches in flight and voids what is left: after a TRUNCATE there is nothing to copy by position. */
export async function voidBatches(tx: Queryable, runId: bigint): Promise<void> {
  await tx.query(/* sql */ `UPDATE shadowstep.batch SET next_block = end_block WHERE run_id = $1`, [runId]);
}
