import type { KeyFacts } from '../catalog/table-facts.ts';
import { quoteIdent } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';

/** How the key is spelled in the table that is captured, in its change log and in the table that follows. */
export interface CapturedKeyColumn {
  /** Quoted name, the same in source and copy. */
  readonly ident: string;
  /** `key_1` …: names of our own, so that no key column can collide with the log's other columns. */
  readonly logColumn: string;
  /**
   * Base type of the captured table's column. Not the domain itself: a domain may be NOT NULL, and the marker of a
   * TRUNCATE is a log row with NULL keys, which must never make the application's TRUNCATE fail (I-1).
   */
  readonly logTypeSql: string;
  readonly collationSql: string | null;
  /** Operators of the key index's class, fully qualified: under the pinned search_path a plain `=` may not exist. */
  readonly equals: string;
  readonly operatorClassSql: string;
}

interface BaseType {
  name: string;
  base_type: string;
}

/** Resolves the key's columns for one direction: `captured` writes the log, `follower` is brought up to it. */
export async function resolveCapturedKey(
  client: Queryable,
  key: KeyFacts,
  capturedOid: number,
): Promise<CapturedKeyColumn[]> {
  const captured = await readBaseTypes(client, capturedOid);
  return key.columns.map((column, index) => ({
    ident: quoteIdent(column.name),
    logColumn: `key_${index + 1}`,
    logTypeSql: captured.get(column.name) ?? column.typeSql,
    collationSql: column.collationSql,
    equals: column.equalsOperator,
    operatorClassSql: column.operatorClassSql,
  }));
}

/** Columns with their types, domains followed down to what they are made of. Reads the catalog only. */
async function readBaseTypes(client: Queryable, oid: number): Promise<Map<string, string>> {
  const rows = await client.query<BaseType>(
    /* sql */ `
    WITH RECURSIVE unfolded AS (
      SELECT a.attname, a.atttypid AS type_oid, a.atttypmod AS modifier
      FROM pg_catalog.pg_attribute AS a
      WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
      UNION ALL
      SELECT u.attname, t.typbasetype, t.typtypmod
      FROM unfolded AS u JOIN pg_catalog.pg_type AS t ON t.oid = u.type_oid
      WHERE t.typtype = 'd'
    )
    SELECT u.attname AS name, pg_catalog.format_type(u.type_oid, u.modifier) AS base_type
    FROM unfolded AS u JOIN pg_catalog.pg_type AS t ON t.oid = u.type_oid
    WHERE t.typtype <> 'd'`,
    [oid],
  );
  return new Map(rows.map((row) => [row.name, row.base_type]));
}

/**
 * `s."id" OPERATOR(pg_catalog.=) l.key_1 AND …`: rows of a table against log rows. Serves the captured table and the
 * following one alike: where `alter` gave them different types, the operator family's cross-type operator compares them
 * (int4 = int8), which needs no cast, so it uses the index and cannot overflow on the way back.
 */
export function keyEqualsLog(key: readonly CapturedKeyColumn[], table: string, log: string): string {
  return key.map((column) => `${table}.${column.ident} ${column.equals} ${log}.${column.logColumn}`).join(' AND ');
}
