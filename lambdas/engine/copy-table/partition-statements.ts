import { BOUND_CHECK } from '../catalog/partition-facts.ts';
import type { TableFacts } from '../catalog/table-facts.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import { commentOn } from './comments.ts';
import type { SwapSides } from './swap-sides.ts';

/** Our CHECK on the parent's default partition; the run's number keeps two runs of one parent apart. */
export function defaultProof(runId: bigint | string): string {
  return `${BOUND_CHECK}_${runId}`;
}

/**
 * The CHECK from which ATTACH PARTITION sees without reading them that all rows lie within the bound: the partition's own
 * constraint to the letter. NULL of a default partition without siblings: there is nothing to prove then.
 */
export function boundCheckStatements(facts: TableFacts, table: string, validity: '' | ' NOT VALID'): string[] {
  const constraint = facts.partition?.constraint ?? null;
  return constraint === null
    ? []
    : [/* sql */ `ALTER TABLE ${table} ADD CONSTRAINT ${quoteIdent(BOUND_CHECK)} CHECK (${constraint})${validity}`];
}

/**
 * Takes the live table out of its parent, to which it is an ordinary table from then on; the triggers that it has of the
 * parent go, its inherited constraints and indexes become its own. ACCESS EXCLUSIVE on the parent and on its default
 * partition, which the caller has taken first; nothing is read. Then the CHECK that a revert will need, not validated yet.
 */
export function detachStatements({ live }: Pick<SwapSides, 'live'>): string[] {
  if (live.partition === null) {
    return [];
  }
  const table = qualified(live);
  return [
    /* sql */ `ALTER TABLE ${qualified(live.partition.parent)} DETACH PARTITION ${table}`,
    /* sql */ `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${quoteIdent(BOUND_CHECK)}`,
    ...boundCheckStatements(live, table, ' NOT VALID'),
  ];
}

/**
 * Gives the table that bears the name now its place in the parent, once all its indexes and constraints stand: ATTACH
 * adopts those that are like the parent's, and makes the row triggers. It reads no row: the CHECKs prove the bound of the
 * table itself and that the default partition holds none of its rows. The former goes at once.
 */
export function attachStatements({ live }: Pick<SwapSides, 'live'>): string[] {
  if (live.partition === null) {
    return [];
  }
  const { parent, bound, clonedTriggers } = live.partition;
  const table = qualified(live);
  const states = { O: 'ENABLE', D: 'DISABLE', R: 'ENABLE REPLICA', A: 'ENABLE ALWAYS' } as const;
  return [
    /* sql */ `ALTER TABLE ${qualified(parent)} ATTACH PARTITION ${table} ${bound}`,
    /* sql */ `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${quoteIdent(BOUND_CHECK)}`,
    ...clonedTriggers.flatMap((trigger) => [
      ...(trigger.enabled === trigger.enabledAtParent
        ? []
        : [/* sql */ `ALTER TABLE ${table} ${states[trigger.enabled]} TRIGGER ${quoteIdent(trigger.name)}`]),
      ...commentOn(`TRIGGER ${quoteIdent(trigger.name)} ON ${table}`, trigger.comment),
    ]),
  ];
}

/** Takes our CHECK off the default partition, in the exchange that needed it. ACCESS EXCLUSIVE on it, held already. */
export function dropDefaultProofStatements(live: TableFacts, runId: bigint): string[] {
  const other = live.partition?.defaultPartition ?? null;
  return other === null
    ? []
    : [/* sql */ `ALTER TABLE ${qualified(other)} DROP CONSTRAINT IF EXISTS ${quoteIdent(defaultProof(runId))}`];
}
