import { resolveCapturedKey } from '../capture/key-columns.ts';
import type { TableFacts } from '../catalog/table-facts.ts';
import type { Session } from '../postgres/session.ts';
import type { ParsedRequest } from '../request.ts';
import { formatTableName } from '../table-name.ts';
import type { AlteredColumn } from './altered-columns.ts';
import { planStages } from './plan-stages.ts';
import type { PlannedStage } from './planned-stage.ts';
import type { RelationFacts } from './relation-facts.ts';
import type { ServerFacts } from './server-facts.ts';

/** Sizes today, and what the run will need; all in bytes. Free disk space cannot be asked for over SQL. */
export interface PlannedBytes {
  readonly heap: number;
  readonly toast: number;
  readonly indexes: number;
  /** Heap of the copy: without dead rows and free space where statistics tell, else today's. */
  readonly copyHeap: number;
  /** What the data directory must have free: the copy with its indexes. The old table stays until CLEAN_UP. */
  readonly dataNeeded: number;
  /** What the copy writes to the WAL, full-page images after checkpoints not counted. */
  readonly wal: number;
  /** The most the change log may take on top of it (maxLogBytes). */
  readonly changeLogAtMost: string;
  /** How this was estimated. */
  readonly basis: string;
}

/** What a run would do. Fit for JSON: no bigint in it; null where the table could not be read. */
export interface Plan {
  readonly table: string;
  readonly serverVersion: string;
  readonly refused: boolean;
  readonly key: { readonly index: string; readonly primary: boolean; readonly columns: readonly string[] } | null;
  /** By the last VACUUM or ANALYZE. */
  readonly estimatedRows: number | null;
  readonly bytes: PlannedBytes | null;
  /** Of a partitioned table, whose stages are those of the first partition; in the order of their turn. Else empty. */
  readonly partitions: readonly PlannedPartition[];
  readonly stages: readonly PlannedStage[];
}

/** A partition of a table that is rebuilt as a whole; bytes of its heap, TOAST and indexes. */
export interface PlannedPartition {
  readonly table: string;
  readonly estimatedRows: number | null;
  readonly bytes: number | null;
}

export interface PlanInput {
  readonly session: Session;
  readonly request: ParsedRequest;
  readonly server: ServerFacts;
  readonly relation: RelationFacts | null;
  readonly facts: TableFacts | null;
  readonly alteredColumns: readonly AlteredColumn[];
  readonly refused: boolean;
}

/** Reads the base types of the key's columns, which the change log takes; everything else is at hand. */
export async function makePlan(input: PlanInput): Promise<Plan> {
  const { session, request, server, relation, facts, alteredColumns, refused } = input;
  const key = facts?.key ?? null;
  return {
    table: formatTableName(request.table),
    serverVersion: server.version,
    refused,
    key: key === null ? null : keyOf(key),
    estimatedRows: relation?.estimatedRows ?? null,
    bytes: relation === null || facts === null ? null : plannedBytes(relation, request, server),
    partitions: [],
    // What was refused may have no statements: an unknown column has no ALTER, a table without a key no change log.
    stages:
      refused || facts === null || facts.key === null
        ? []
        : planStages({
            facts,
            request,
            alteredColumns,
            captured: await resolveCapturedKey(session, facts.key, facts.oid),
          }),
  };
}

/**
 * The plans of the partitions put together: rows and today's bytes are their sums; what is needed beside them is what the
 * largest one needs, since each is cleaned up before the next begins.
 */
export function makePlanOfWhole(input: {
  readonly request: ParsedRequest;
  readonly server: ServerFacts;
  readonly refused: boolean;
  readonly plans: readonly Plan[];
}): Plan {
  const { request, server, refused, plans } = input;
  const bytes = plans.map((plan) => plan.bytes).filter((one) => one !== null);
  const [first] = bytes;
  const sum = (of: (one: PlannedBytes) => number) => bytes.reduce((total, one) => total + of(one), 0);
  const most = (of: (one: PlannedBytes) => number) => bytes.reduce((largest, one) => Math.max(largest, of(one)), 0);
  const rows = plans.map((plan) => plan.estimatedRows);
  return {
    table: formatTableName(request.table),
    serverVersion: server.version,
    refused,
    key: plans[0]?.key ?? null,
    estimatedRows: rows.includes(null) ? null : rows.reduce<number>((total, one) => total + (one ?? 0), 0),
    bytes:
      first === undefined
        ? null
        : {
            heap: sum((one) => one.heap),
            toast: sum((one) => one.toast),
            indexes: sum((one) => one.indexes),
            copyHeap: most((one) => one.copyHeap),
            dataNeeded: most((one) => one.dataNeeded),
            wal: sum((one) => one.wal),
            changeLogAtMost: first.changeLogAtMost,
            basis: `the largest partition, since one is cleaned up before the next begins; WAL: of all. ${first.basis}`,
          },
    partitions: plans.map((plan) => ({
      table: plan.table,
      estimatedRows: plan.estimatedRows,
      bytes: plan.bytes === null ? null : plan.bytes.heap + plan.bytes.toast + plan.bytes.indexes,
    })),
    stages: refused ? [] : (plans[0]?.stages ?? []),
  };
}

function keyOf(key: NonNullable<TableFacts['key']>) {
  return { index: key.indexName, primary: key.isPrimary, columns: key.columns.map((column) => column.name) };
}

function plannedBytes(relation: RelationFacts, request: ParsedRequest, server: ServerFacts): PlannedBytes {
  const dense = relation.denseHeapBytes;
  // Widths of pg_stats are a sample's: they never make the copy larger than what is there.
  const copyHeap = dense === null ? relation.heapBytes : Math.min(dense, relation.heapBytes);
  const copy = copyHeap + relation.toastBytes + relation.indexBytes;
  return {
    heap: relation.heapBytes,
    toast: relation.toastBytes,
    indexes: relation.indexBytes,
    copyHeap,
    dataNeeded: copy,
    wal: copy,
    changeLogAtMost: request.maxLogBytes.toString(),
    basis: `${
      dense === null
        ? 'heap: today’s size, since there are no statistics of every column (ANALYZE)'
        : 'heap: rows and average widths of the last ANALYZE, fillfactor counted'
    }; TOAST and indexes: today’s sizes, an upper estimate; WAL (wal_level ${server.walLevel}): every row and index entry of the copy is written once`,
  };
}
