/**
 * Every name we create in a user's database. Run numbers keep them short (a name has 63 bytes) and unique.
 */
export const REGISTRY_SCHEMA = 'shadowstep';

/** Holds the copy, the change logs and the run's functions. */
export function runSchema(runId: bigint): string {
  return `shadowstep_${runId}`;
}

/** Receives the old table at the swap. */
export function oldTableSchema(runId: bigint): string {
  return `shadowstep_${runId}_old`;
}

/** Holds one materialized view while it is made anew, under its own name and with its own indexes. */
export function newViewSchema(runId: bigint): string {
  return `shadowstep_${runId}_view`;
}

/** Takes the materialized view that is replaced, inside the transaction that drops both. */
export function goneViewSchema(runId: bigint): string {
  return `shadowstep_${runId}_view_gone`;
}

/** The change log that the capture triggers on the source fill until the swap. */
export const CHANGE_LOG = 'shadowstep_change_log';

/** The change log that the reverse capture triggers on the new table fill after the swap. */
export const REVERSE_CHANGE_LOG = 'shadowstep_reverse_change_log';

/** Key ranges of the comparison. */
export const VERIFY_RANGE = 'shadowstep_verify_range';

/**
 * What we put beside the copy in its schema, and our triggers, begin with this: the copy bears the source's name and its
 * indexes theirs, so PRE_VALIDATION refuses a table with such a name of its own.
 */
export const OWN_PREFIX = 'shadowstep_';

/** A setting of ours that every session of the engine has on: by it the guards know our own writes from those by hand. */
export const OWN_WRITE = 'shadowstep.own_write';

/** Capture triggers begin with this; the rest says the statement they wait for. */
export const TRIGGER_PREFIX = OWN_PREFIX;

export function applicationName(purpose: string): string {
  return `shadowstep/${purpose}`.slice(0, 63);
}

/** Parent of a copy in whose stead it inherits until its own parents are linked; without rows. */
export const STANDIN_PARENT = 'shadowstep_parent';

/** The columns that a table with parents has of its own, for the time of a statement or two. */
export const OWN_COLUMNS = 'shadowstep_own_columns';
