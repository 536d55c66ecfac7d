import type { CapturedKeyColumn } from '../capture/key-columns.ts';
import type { KeyFacts } from '../catalog/table-facts.ts';
import type { Queryable } from '../postgres/session.ts';

export interface RangeColumn {
  /** The column, a domain unfolded: `"id"`, `"id"::public.color`. */
  readonly column: string;
  /** Not the domain: it may be NOT NULL, and an open end is NULL. */
  readonly typeSql: string;
  /** ` COLLATE …` of the key index, or empty. */
  readonly collate: string;
}

/** The leading columns of the key by which ranges are cut, and the operators that compare them as one row. */
export interface RangeKey {
  readonly columns: readonly RangeColumn[];
  /** `OPERATOR(pg_catalog.<)` */
  readonly less: string;
  /** `OPERATOR(pg_catalog.<=)` */
  readonly lessOrEqual: string;
}

interface Order {
  readonly less: string;
  readonly less_or_equal: string;
}

/**
 * As many leading columns of the key as one pair of operator names compares: a row comparison takes one name for all of
 * its columns, and an extension's operators may lie in another schema. All of them for nearly every key, so that a range
 * is bounded however few values the first column has. Rows that share the values of all these columns fall into one range.
 */
export async function resolveRangeKey(
  client: Queryable,
  key: KeyFacts,
  captured: readonly CapturedKeyColumn[],
  sourceOid: number,
): Promise<RangeKey> {
  const orders = await readOrders(client, sourceOid, key.indexName);
  const [order] = orders;
  if (order === undefined) {
    throw new Error('a key has at least one column');
  }
  const differs = orders.findIndex((other) => other.less !== order.less || other.less_or_equal !== order.less_or_equal);
  return {
    columns: captured.slice(0, differs === -1 ? captured.length : differs).map((column) => ({
      column: `${column.ident}${column.unfold}`,
      typeSql: column.logTypeSql,
      collate: column.collationSql === null ? '' : ` COLLATE ${column.collationSql}`,
    })),
    less: order.less,
    lessOrEqual: order.less_or_equal,
  };
}

/** Strategies 1 and 2 of each key column's operator class. Reads the catalog only. */
async function readOrders(client: Queryable, oid: number, indexName: string): Promise<Order[]> {
  return client.query<Order>(
    /* sql */ `
    SELECT pg_catalog.max(o.sql) FILTER (WHERE o.strategy = 1) AS less,
           pg_catalog.max(o.sql) FILTER (WHERE o.strategy = 2) AS less_or_equal
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS c ON c.oid = x.indexrelid AND c.relname = $2
    CROSS JOIN LATERAL pg_catalog.unnest(x.indclass::pg_catalog.oid[]) WITH ORDINALITY AS k(opclass, place)
    JOIN pg_catalog.pg_opclass AS oc ON oc.oid = k.opclass
    CROSS JOIN LATERAL (
      SELECT ao.amopstrategy AS strategy,
             'OPERATOR(' || pg_catalog.quote_ident(n.nspname) || '.' || op.oprname || ')' AS sql
      FROM pg_catalog.pg_amop AS ao
      JOIN pg_catalog.pg_operator AS op ON op.oid = ao.amopopr
      JOIN pg_catalog.pg_namespace AS n ON n.oid = op.oprnamespace
      WHERE ao.amopfamily = oc.opcfamily AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype
    ) AS o
    WHERE x.indrelid = $1
    GROUP BY k.place
    ORDER BY k.place`,
    [oid, indexName],
  );
}
