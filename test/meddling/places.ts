import type { Moment } from './meddling.ts';

/** A place in the middle of a unit: its next statement is not sent until a person has meddled. */
export interface Place {
  readonly what: string;
  /** Where the run is when it goes on. */
  readonly moment: Moment;
  readonly before?: RegExp;
  readonly after?: RegExp;
}

/** Each in the middle of what a unit does in one transaction, or between its look at our objects and its use of them. */
export const PLACES = [
  { what: 'between the look at the capture and a batch', moment: 'SETUP', before: /BEGIN.*synchronous_commit = off/s },
  { what: 'in a batch that is copied', moment: 'SETUP', after: /INSERT INTO "shadowstep_1"\."item"/ },
  { what: 'before an index build', moment: 'BACKFILL', before: /CREATE UNIQUE INDEX/ },
  { what: 'in a drained batch', moment: 'SYNC_SCHEMAS', after: /_drain"?\(\$1/ },
  { what: 'in a range that is compared', moment: 'SYNC_SCHEMAS', after: /FULL JOIN/ },
  { what: 'in an attempt at the swap', moment: 'POST_SYNC_UPDATE', before: /ACCESS EXCLUSIVE MODE/ },
  { what: 'in an attempt at the revert', moment: 'REVERT', before: /ACCESS EXCLUSIVE MODE/ },
] as const satisfies readonly Place[];

export type PlaceName = (typeof PLACES)[number]['what'];
