import type { ErrorName } from '../../lambdas/engine/errors.ts';
import type { Ours } from './meddling.ts';
import { PLACES, type PlaceName } from './places.ts';

/** `carried`: the run ends well. Else the error under which it stops. */
export type InsideOutcome = 'carried' | ErrorName;

/** What a person does while a unit is at work and an application's transaction is open. */
export interface InsideMeddling {
  readonly what: string;
  readonly sql: (ours: Ours) => string;
  readonly outcomes: Readonly<Record<PlaceName, InsideOutcome>>;
  /** The table of the application is changed: the catalog has that in the end. */
  readonly ofTheSource?: true;
  /** The registry is gone: a new run is refused until our schemas are dropped by hand. */
  readonly ofTheRegistry?: true;
}

function everywhere(
  outcome: InsideOutcome,
  but: Partial<Record<PlaceName, InsideOutcome>> = {},
): Record<PlaceName, InsideOutcome> {
  return {
    ...(Object.fromEntries(PLACES.map(({ what }) => [what, outcome])) as Record<PlaceName, InsideOutcome>),
    ...but,
  };
}

export const INSIDE: readonly InsideMeddling[] = [
  {
    what: 'our schema dropped',
    sql: () => 'DROP SCHEMA shadowstep_1 CASCADE',
    outcomes: everywhere('CopyChangedError'),
  },
  {
    what: 'the registry dropped',
    sql: () => 'DROP SCHEMA shadowstep CASCADE',
    outcomes: everywhere('RegistryChangedError'),
    ofTheRegistry: true,
  },
  {
    what: 'the copy dropped',
    sql: ({ follower }) => `DROP TABLE ${follower}`,
    outcomes: everywhere('CopyChangedError'),
  },
  {
    what: 'a column of the copy dropped',
    sql: ({ follower }) => `ALTER TABLE ${follower} DROP COLUMN note`,
    outcomes: everywhere('CopyChangedError'),
  },
  {
    what: 'the log dropped by CASCADE',
    sql: ({ log }) => `DROP TABLE ${log} CASCADE`,
    // The log is waited for, which nobody needs any more when the attempt has ended.
    outcomes: everywhere('CopyChangedError', {
      'in an attempt at the swap': 'carried',
      'in an attempt at the revert': 'carried',
    }),
  },
  {
    what: 'a trigger dropped',
    sql: () => 'DROP TRIGGER shadowstep_update ON public.item',
    outcomes: everywhere('CopyChangedError'),
  },
  {
    what: 'a column added',
    sql: () => 'ALTER TABLE public.item ADD more int DEFAULT 5',
    outcomes: everywhere('SourceChangedError'),
    ofTheSource: true,
  },
  {
    what: 'an index created',
    sql: () => 'CREATE INDEX item_more ON public.item (note, code)',
    outcomes: everywhere('SourceChangedError'),
    ofTheSource: true,
  },
  {
    what: 'a column rewritten to another type',
    sql: () => 'ALTER TABLE public.item ALTER note TYPE varchar(100)',
    outcomes: everywhere('SourceChangedError', {
      'between the look at the capture and a batch': 'SourceRewrittenError',
    }),
    ofTheSource: true,
  },
];
