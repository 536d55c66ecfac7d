import type { PartitionRelation } from '../catalog/partition-facts.ts';
import type { TableFacts } from '../catalog/table-facts.ts';
import { qualified } from '../postgres/identifier.ts';
import type { TableName } from '../table-name.ts';

/** A table whose definition changes with the exchange, because it is a parent, a child or a sibling of the live table. */
export interface Kin extends TableName {
  readonly oid: number;
  /** For LOCK TABLE: ONLY, since what hangs on it besides is none of ours. */
  readonly sql: string;
}

/**
 * The tables above and beside the live one, in the order of locking (design 8.3): its parents before the live table, as
 * everybody who comes through them locks them, and reads who their children are only then; its children and the default
 * partition after it.
 */
export function kinOf(facts: Pick<TableFacts, 'partition' | 'inheritance'>): {
  readonly above: readonly Kin[];
  readonly beside: readonly Kin[];
} {
  const { parent, defaultPartition } = facts.partition ?? {};
  const kin = (tables: readonly (PartitionRelation | null | undefined)[]) =>
    tables
      .filter((table) => table !== undefined && table !== null)
      .map(({ oid, schema, name }) => ({ oid, schema, name, sql: `ONLY ${qualified({ schema, name })}` }));
  return {
    above: kin([parent, ...byOid(facts.inheritance.parents)]),
    beside: kin([defaultPartition, ...byOid(facts.inheritance.children)]),
  };
}

/** One order for all runs, whatever the links' own. */
function byOid(tables: readonly PartitionRelation[]): PartitionRelation[] {
  return [...tables].sort((one, other) => one.oid - other.oid);
}
