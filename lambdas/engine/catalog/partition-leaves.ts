import type { Queryable } from '../postgres/session.ts';
import type { TableName } from '../table-name.ts';

/** A partition, at any level below the root, that has no partitions itself: a table, or a foreign table. */
export interface PartitionLeaf extends TableName {
  readonly oid: number;
  /** As pg_get_expr() writes them, from the root's level down: `FOR VALUES …` or `DEFAULT`. */
  readonly bounds: readonly string[];
}

/**
 * Of every level, in the order of their bounds, a default partition after its siblings. One snapshot, ACCESS SHARE on
 * catalogs only; empty when the OID names no partitioned table.
 */
export async function readPartitionLeaves(client: Queryable, rootOid: number): Promise<PartitionLeaf[]> {
  const leaves = await client.query<PartitionLeaf>(
    /* sql */ `
    WITH RECURSIVE tree AS (
      SELECT c.oid, c.relkind, ARRAY[]::pg_catalog.text[] COLLATE pg_catalog."C" AS bounds
      FROM pg_catalog.pg_class AS c WHERE c.oid = $1 AND c.relkind = 'p'
      UNION ALL
      SELECT c.oid, c.relkind, tree.bounds || pg_catalog.pg_get_expr(c.relpartbound, c.oid)
      FROM tree
      JOIN pg_catalog.pg_inherits AS h ON h.inhparent = tree.oid
      JOIN pg_catalog.pg_class AS c ON c.oid = h.inhrelid AND c.relispartition
    )
    SELECT tree.oid, n.nspname::pg_catalog.text AS schema, c.relname::pg_catalog.text AS name, tree.bounds
    FROM tree
    JOIN pg_catalog.pg_class AS c ON c.oid = tree.oid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE tree.relkind <> 'p'`,
    [rootOid],
  );
  return leaves.sort((one, other) => compareBounds(one.bounds, other.bounds) || one.oid - other.oid);
}

/** Numbers by their value, as far as digits show it: the catalog has the order of the bounds for no type but in C. */
const BY_VALUE = new Intl.Collator('en', { numeric: true });

/**
 * Level by level. Only the order of work hangs on it, so text will do: dates, times and natural numbers come in their own
 * order, negative numbers do not.
 */
export function compareBounds(one: readonly string[], other: readonly string[]): number {
  for (const [level, bound] of one.entries()) {
    const beside = other[level];
    if (beside === undefined) {
      return 1;
    }
    const order = rank(bound) - rank(beside) || BY_VALUE.compare(bound, beside);
    if (order !== 0) {
      return order;
    }
  }
  return one.length - other.length;
}

/** What has no lower bound comes first, the default last. */
function rank(bound: string): number {
  return bound === 'DEFAULT' ? 2 : bound.startsWith('FOR VALUES FROM (MINVALUE') ? 0 : 1;
}
