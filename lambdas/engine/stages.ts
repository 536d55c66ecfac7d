/**
 * The stages of a run, in order; the only place that knows the order. The names are the states' names in the state
 * machine, the values of `shadowstep.run.stage`, and the words of the documentation.
 */
export const STAGES = [
  'PRE_VALIDATION',
  'SETUP',
  'BACKFILL',
  'SYNC_SCHEMAS',
  'POST_SYNC_UPDATE',
  'SWAP',
  'CLEAN_UP',
] as const;

export type StageName = (typeof STAGES)[number];

/** What a run can be recorded as doing: a stage, the way back, or one of the three ends. */
export const RUN_STAGES = [...STAGES, 'REVERT', 'DONE', 'REVERTED', 'RESET'] as const;

export type RunStage = (typeof RUN_STAGES)[number];

/** The ends of a run: nothing of ours hangs on the table any more. */
export const TERMINAL_STAGES = ['DONE', 'REVERTED', 'RESET'] as const;

/**
 * The tasks of the state machine. REQUEST reads the input and decides which of the others come; every other task is
 * a stage or one of the two ways back.
 */
export const TASKS = ['REQUEST', ...STAGES, 'REVERT', 'RESET'] as const;

export type TaskName = (typeof TASKS)[number];

/** What a request may ask for. */
export const ACTIONS = ['repack', 'revert', 'reset', 'clean-up'] as const;

export type Action = (typeof ACTIONS)[number];

/** True when the run is recorded at a stage later than `stage`, or has ended. */
export function isPast(recorded: RunStage, stage: StageName): boolean {
  return RUN_STAGES.indexOf(recorded) > STAGES.indexOf(stage);
}

export function isTerminal(stage: RunStage): boolean {
  return (TERMINAL_STAGES as readonly RunStage[]).includes(stage);
}

/**
 * After so many units an execution answers `restart` and goes on in a new one. Step Functions ends an execution at 25,000
 * history events. A unit followed by a wait costs 9, so 2,000 of them cost 18,000; each retry costs 3 more, which leaves
 * room for some 2,300 retries. test/infra counts this against the retry policies.
 */
export const MAX_UNITS_PER_EXECUTION = 2_000;
