/** A transaction in an old snapshot that got a wrong answer; whether an exchange explains it is for others to say. */
export interface StaleSnapshot {
  readonly writer: number;
  readonly beganAtMs: number;
  /** When its snapshot had been taken at the latest: its first statement was answered. */
  readonly snapshotByMs: number;
  readonly endedAtMs: number;
  readonly what: string;
}

/** What missing a row looks like besides a wrong count: a MERGE puts in what it does not see, and meets it. */
export const STALE_STATES: readonly (string | undefined)[] = ['23503', '23505', '23P01'];

/** What a TRUNCATE that overtook the writer looks like: parents gone, or the row it counts on. */
export const TRUNCATE_STATES: readonly (string | undefined)[] = ['23503', '23505', '23P01'];

/** An error of the kind that the statement said other writers may bring about. */
export class ExpectedError extends Error {
  constructor(readonly sqlstate = '') {
    super(sqlstate);
  }
}
