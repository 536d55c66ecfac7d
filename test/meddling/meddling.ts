import type { ErrorName } from '../../lambdas/engine/errors.ts';
import type { Table, Unusable } from './application.ts';

/**
 * When a person meddles; nobody drives the run then. The first four: once that stage is done. The last two: the tables
 * have changed places, and next comes the clean-up, or the revert.
 */
export const MOMENTS = ['SETUP', 'BACKFILL', 'SYNC_SCHEMAS', 'POST_SYNC_UPDATE', 'CLEAN_UP', 'REVERT'] as const;
export type Moment = (typeof MOMENTS)[number];

/**
 * `carried`: the run ends well. `refused …`: the server refuses the statement itself under that SQLSTATE, and the run ends
 * well. Else the error under which the next unit stops. Null where the statement makes no sense.
 */
export type Outcome = 'carried' | `refused ${string}` | ErrorName | null;

/** Names of our objects at a moment: the swap exchanges their parts. */
export interface Ours {
  /** The log that the application's writes go into now. */
  readonly log: string;
  /** What the functions of that log begin with. */
  readonly functions: string;
  /** The table that follows: the copy, after the swap the old table. */
  readonly follower: string;
  /** The schema into which the exchange to come would move the table in place. */
  readonly park: string;
}

/** What a person does to a run of `public.item`, and what has to come of it at each moment. */
export interface Meddling {
  readonly what: string;
  readonly sql: (ours: Ours) => string;
  readonly outcomes: Readonly<Record<Moment, Outcome>>;
  /** Who does it. Default: the owner. */
  readonly by?: 'superuser';
  /** Where the application finds its rows afterwards; null when they are gone for good. Default: `public.item`. */
  readonly item?: Partial<Table> | null;
  /** The application cannot be kept from failing until the reset: it was made to, by hand. */
  readonly applicationFails?: true;
  readonly without?: readonly Unusable[];
  /** The moment that matters most, for the short pass. Default: in turn. */
  readonly first?: Moment;
  /**
   * What a person takes back before the end, as the superuser; `from` is the error under which the reset, the clean-up or
   * the revert stops until then, null when it would leave something behind instead.
   */
  readonly undo?: { readonly from: ErrorName | null; readonly sql: (ours: Ours) => string };
}

export const RUN_SCHEMA = 'shadowstep_1';
export const OLD_SCHEMA = 'shadowstep_1_old';

export function oursAt(moment: Moment): Ours {
  const swapped = moment === 'CLEAN_UP' || moment === 'REVERT';
  const log = `${RUN_SCHEMA}.shadowstep_${swapped ? 'reverse_' : ''}change_log`;
  return {
    log,
    functions: log,
    follower: `${swapped ? OLD_SCHEMA : RUN_SCHEMA}.item`,
    park: swapped ? RUN_SCHEMA : OLD_SCHEMA,
  };
}

/** The same at every moment before the swap; what comes after it is said apart. */
export function beforeSwap(outcome: Outcome, cleanUp: Outcome, revert: Outcome): Record<Moment, Outcome> {
  return {
    SETUP: outcome,
    BACKFILL: outcome,
    SYNC_SCHEMAS: outcome,
    POST_SYNC_UPDATE: outcome,
    CLEAN_UP: cleanUp,
    REVERT: revert,
  };
}

export function always(outcome: Outcome): Record<Moment, Outcome> {
  return beforeSwap(outcome, outcome, outcome);
}
