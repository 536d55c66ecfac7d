import type { Queryable } from '../postgres/session.ts';

/** Column names with their types as SQL writes them (format_type, modifier included), in order. */
export async function readColumnTypes(client: Queryable, oid: number): Promise<Map<string, string>> {
  const rows = await client.query<{ name: string; type_sql: string }>(
    /* sql */ `
    SELECT a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type_sql
    FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum`,
    [oid],
  );
  return new Map(rows.map((row) => [row.name, row.type_sql]));
}
