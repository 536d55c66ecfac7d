import { RegistryChangedError } from '../errors.ts';
import type { Queryable } from '../postgres/session.ts';
import type { RunStage } from '../stages.ts';
import { formatTableName } from '../table-name.ts';
import { type Run, StageMovedOn } from './runs.ts';

interface Evidence {
  stage: RunStage;
  open_stage: string | null;
  slots: number;
  planned_blocks: bigint;
  unfinished_batches: number;
  source_blocks: bigint | null;
  source_in_place: boolean;
}

const COPIED: ReadonlySet<RunStage> = new Set(['SYNC_SCHEMAS', 'POST_SYNC_UPDATE', 'SWAP']);

/** Where a run whose tables have changed places can be. */
const SWAPPED: ReadonlySet<RunStage> = new Set(['SWAP', 'CLEAN_UP', 'REVERT']);

/**
 * Holds the run's row against what else the registry knows, before a unit believes it: a stage that was moved by hand,
 * batches or slots that were deleted. One statement, one snapshot, no lock. A reset does not ask, it is the remedy.
 * Throws RegistryChangedError; StageMovedOn when a twin was faster.
 */
export async function assertRegistryConsistent(client: Queryable, run: Run): Promise<void> {
  const [found] = await client.query<Evidence>(
    /* sql */ `
    SELECT r.stage, s.stage AS open_stage, r.source_blocks,
           (SELECT pg_catalog.count(*)::pg_catalog.int4 FROM shadowstep.drain_slot AS d WHERE d.run_id = r.run_id) AS slots,
           b.planned_blocks, b.unfinished_batches,
           EXISTS (
             SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
             WHERE c.oid = r.source_oid AND n.nspname = r.source_schema AND c.relname = r.source_name
           ) AS source_in_place
    FROM shadowstep.run AS r
    LEFT JOIN shadowstep.stage AS s ON s.run_id = r.run_id AND s.finished_at IS NULL
    CROSS JOIN LATERAL (
      SELECT COALESCE(pg_catalog.sum(b.end_block - b.first_block), 0)::pg_catalog.int8 AS planned_blocks,
             pg_catalog.count(*) FILTER (WHERE b.next_block < b.end_block)::pg_catalog.int4 AS unfinished_batches
      FROM shadowstep.batch AS b WHERE b.run_id = r.run_id
    ) AS b
    WHERE r.run_id = $1`,
    [run.runId],
  );
  if (found === undefined || found.stage !== run.stage) {
    throw new StageMovedOn();
  }
  const what = contradiction(run, found);
  if (what !== null) {
    throw new RegistryChangedError(formatTableName(run.source), String(run.runId), what);
  }
}

function contradiction(run: Run, found: Evidence): string | null {
  if (run.swapped && !SWAPPED.has(found.stage)) {
    return `the stage is ${found.stage}, though the tables have changed places`;
  }
  if (run.swapped) {
    return found.source_in_place && !run.reverted ? 'the tables have not changed places' : null;
  }
  if (found.open_stage !== found.stage) {
    return `the stage is ${found.stage}, its history says ${found.open_stage ?? 'nothing'}`;
  }
  if (found.slots < 2) {
    return 'a drain slot is missing';
  }
  if (found.source_blocks !== null && found.planned_blocks !== found.source_blocks) {
    return 'batches are missing';
  }
  return COPIED.has(found.stage) && found.unfinished_batches > 0 ? 'batches are not copied' : null;
}
