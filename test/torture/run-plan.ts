import { STAGES, type StageName } from '../../lambdas/engine/stages.ts';
import { type Alteration, alterationSql, pickAlteration } from './alterations.ts';
import type { Family, TableRole } from './family.ts';
import type { Random } from './random.ts';

/** What becomes of a run: through to its end, given up half-way, or taken back after the swap. */
export type RunKind = 'whole' | 'reset' | 'revert' | 'clean up later';

export interface RunPlan {
  readonly kind: RunKind;
  readonly table: TableRole;
  readonly request: Readonly<Record<string, unknown>>;
  /** A reset comes when this stage is done. */
  readonly resetAfter: StageName;
  /** Blocks of a batch to begin with: small ones make many batches of a small table. */
  readonly batchBlocks: number;
  /** Sessions with a snapshot from before the run (of a revert, from before that too). */
  readonly oldReadersBefore: number;
  /** One more comes when this stage is done. */
  readonly oldReadersAfter: StageName | null;
  /** Of `main`; see `request.alter`. */
  readonly alteration: Alteration | null;
  /** A revert is asked for when a value has been written that the old type does not hold: it is refused, and clean-up ends the run. */
  readonly goesBeyond: boolean;
  /** A TRUNCATE comes when this stage has begun, whatever others there are; null leaves them to chance. */
  readonly truncateIn: StageName | null;
  /** Before one statement of the tool in so many, the writers get on with some of theirs; 0: at full speed. */
  readonly pauseOnceIn: number;
  /** What the pauses follow. */
  readonly pauseSeed: string;
}

/** Everything about a run that does not depend on time follows from the seed. */
export function planRun(random: Random, family: Family): RunPlan {
  const kind = random.weighted<RunKind>([
    [11, 'whole'],
    [4, 'reset'],
    [4, 'revert'],
    [2, 'clean up later'],
  ]);
  const table = random.weighted<TableRole>([
    [12, 'main'],
    [1, 'up'],
    [1, random.pick(family.downs).name],
  ]);
  const resetAfter = random.pick(BEFORE_SWAP);
  const alteration = table === 'main' && random.onceIn(2) ? pickAlteration(random, family) : null;
  return {
    kind,
    table,
    request: {
      table: `public.${table}`,
      workers: 1 + random.integer(3),
      targetBatchMs: 50,
      // Now and then without: what the accounts here say must not rest on the tool's own comparison.
      verify: !random.onceIn(4),
      // Writers at full speed leave hardly a moment without a transaction: the strong locks are had by patience.
      lockTimeoutMs: random.pick([250, 500]),
      swapDrainBudgetMs: random.pick([100, 300]),
      keepOldTable: kind === 'revert' || kind === 'clean up later',
      ...(alteration === null ? {} : { alter: [alterationSql(alteration)] }),
    },
    resetAfter,
    alteration,
    goesBeyond: kind === 'revert' && alteration?.type === 'bigint' && random.onceIn(2),
    batchBlocks: random.pick([1, 4, 16, 64, 256]),
    pauseOnceIn: random.pick([0, 6, 12, 40]),
    pauseSeed: String(random.integer(1_000_000_000)),
    ...planCompany(random, kind, resetAfter),
  };
}

/** The stages in which a TRUNCATE finds a copy. */
const BEFORE_SWAP: readonly StageName[] = STAGES.slice(STAGES.indexOf('SETUP'), STAGES.indexOf('SWAP'));

/**
 * Who else comes along: a TRUNCATE, or sessions with old snapshots, which it would leave with nothing to say: for those a
 * truncated table is empty.
 */
function planCompany(
  random: Random,
  kind: RunKind,
  resetAfter: StageName,
): Pick<RunPlan, 'oldReadersBefore' | 'oldReadersAfter' | 'truncateIn'> {
  if (random.onceIn(2)) {
    const oldReadersBefore = 1 + random.integer(2);
    return { oldReadersBefore, oldReadersAfter: random.pick([null, ...BEFORE_SWAP.slice(0, -1)]), truncateIn: null };
  }
  const until = kind === 'reset' ? BEFORE_SWAP.indexOf(resetAfter) + 1 : BEFORE_SWAP.length;
  const takenBack = kind === 'revert' || kind === 'clean up later';
  const stages = [...BEFORE_SWAP.slice(0, until), ...(takenBack ? (['SWAP'] as const) : [])];
  return { oldReadersBefore: 0, oldReadersAfter: null, truncateIn: random.pick([null, ...stages]) };
}

/** Whether the tables have changed places for good when the run is over. */
export function staysAltered(plan: RunPlan): boolean {
  return plan.kind === 'whole' || plan.kind === 'clean up later' || plan.goesBeyond;
}
