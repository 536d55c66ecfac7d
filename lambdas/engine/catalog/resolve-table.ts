import type { Queryable } from '../postgres/session.ts';
import type { TableName } from '../table-name.ts';

export interface ResolvedTable {
  readonly oid: number;
  /** pg_class.relkind: r is an ordinary table, p partitioned, v view, m materialized view, f foreign table … */
  readonly relkind: string;
  readonly isPartition: boolean;
}

/** The relation of that exact name (no case folding), or null. Takes no lock: it may be gone a moment later. */
export async function resolveTable(client: Queryable, table: TableName): Promise<ResolvedTable | null> {
  const [row] = await client.query<ResolvedTable>(
    /* sql */ `
    SELECT c.oid, c.relkind, c.relispartition AS "isPartition"
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = $1::pg_catalog.text
      AND c.relname = $2::pg_catalog.text`,
    [table.schema, table.name],
  );
  return row ?? null;
}
