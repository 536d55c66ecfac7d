import type { Action, RunStage } from './stages.ts';

/** What a progress counts: each stage has its own. */
export const MEASURES = ['rows', 'blocks', 'indexes', 'keys', 'ranges', 'foreign keys'] as const;

export type Measure = (typeof MEASURES)[number];

/** So many of `measure` done so far, out of an estimate. */
export interface Progress {
  readonly measure: Measure;
  readonly done: bigint;
  readonly estimated: bigint;
}

/**
 * What one unit of work says when it ends. A unit is safe to call again after a crash at any point: its effects and
 * its registry row commit together, or it finds out from the catalog what had happened.
 *
 * - `done`: the stage is over; the next one may begin.
 * - `more`: call again at once.
 * - `wait`: call again after whole `seconds`; `because` names what is waited for (a blocker, an old snapshot).
 * - `stop`: nothing is left to do for this request (already finished, or a `stopAfter` was reached).
 * - `restart`: start the machine anew with the same input: the run is not where this execution believes, or the next
 *   partition of a partitioned table comes.
 */
export type UnitOutcome =
  | { readonly status: 'done'; readonly message: string }
  | { readonly status: 'more'; readonly message: string; readonly progress?: Progress }
  | { readonly status: 'wait'; readonly seconds: number; readonly because: string }
  | { readonly status: 'stop'; readonly message: string }
  | { readonly status: 'restart'; readonly message: string };

/** The statuses that the state machine's Choice states read. `restart` starts the machine anew with the same input. */
export const UNIT_STATUSES = ['done', 'more', 'wait', 'stop', 'restart'] as const;

export type UnitStatus = (typeof UNIT_STATUSES)[number];

/**
 * What the state machine hands to each task. `request` is the execution's input, not trusted, parsed anew by each
 * unit; everything else is read from the registry.
 */
export interface UnitEvent {
  readonly request: unknown;
  /** Who advances the run: the execution's id ($$.Execution.Id); `local:<uuid>` for the local runner. */
  readonly driver: string;
  /** How many units this execution has run so far: the counter behind starting anew before the event limit. */
  readonly unitsDone: number;
}

/**
 * What a task returns to the state machine: always every field, so that no path of the definition is ever missing
 * (a missing path is an uncatchable States.Runtime). Counts are strings: JSON has no bigint.
 */
export interface UnitResult {
  readonly status: UnitStatus;
  /** Whole seconds, at least 1 when `status` is `wait`, else 0. */
  readonly waitSeconds: number;
  /** What is waited for; empty unless `status` is `wait`. */
  readonly because: string;
  readonly action: Action;
  /** The run's number as a string; empty before PRE_VALIDATION has passed. */
  readonly runId: string;
  /** Where the run is recorded after this unit; PRE_VALIDATION before there is a run. */
  readonly stage: RunStage;
  /** The table as SQL writes it: "public.orders". */
  readonly table: string;
  readonly unitsDone: number;
  /** `measure` says what is counted; it is empty, and the counts are 0, where there is nothing to count. */
  readonly progress: {
    readonly done: string;
    readonly estimated: string;
    readonly percent: number;
    readonly measure: Measure | '';
  };
  /** One sentence for the console. */
  readonly message: string;
}
