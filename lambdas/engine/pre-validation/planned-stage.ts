import type { StageName } from '../stages.ts';

/** A lock on the source, or on a table that takes part with it. */
export interface PlannedLock {
  /** As PostgreSQL names it: ACCESS EXCLUSIVE. */
  readonly mode: string;
  readonly on: string;
  /** How long it is held, and what bounds that. */
  readonly duration: string;
}

/** What one stage will do. */
export interface PlannedStage {
  readonly stage: StageName;
  readonly does: string;
  /** The strongest first. */
  readonly locks: readonly PlannedLock[];
  /** The statements that will run, the run's number shown as <run>; empty where they are made as the run goes. */
  readonly sql: readonly string[];
}
