import type { KeyFacts } from '../catalog/table-facts.ts';
import { quoteIdent } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';

/** How the key is spelled in the table that is captured, in its change log and in the table that follows. */
export interface CapturedKeyColumn {
  /** Quoted name, the same in source and copy. */
  readonly ident: string;
  /**
   * `::public.color` where the column's type is a domain, else empty: an operator on anyenum or anyarray does not see
   * through a domain. A relabelling only, so the key's index is used all the same.
   */
  readonly unfold: string;
  /** `key_1` …: names of our own, so that no key column can collide with the log's other columns. */
  readonly logColumn: string;
  /**
   * Base type of the captured table's column. Not the domain itself: a domain may be NOT NULL, and the marker of a
   * TRUNCATE is a log row with NULL keys, which must never make the application's TRUNCATE fail (I-1).
   */
  readonly logTypeSql: string;
  readonly collationSql: string | null;
  /**
   * Equality of the key index's class, fully qualified: under the pinned search_path a plain `=` may not exist. One name
   * serves both types of an altered key, since they are of one operator family.
   */
  readonly equals: string;
  readonly operatorClassSql: string;
}

interface BaseType {
  name: string;
  base_type: string;
  domain: boolean;
}

/** Resolves the key's columns for one direction: `captured` writes the log, `follower` is brought up to it. */
export async function resolveCapturedKey(
  client: Queryable,
  key: KeyFacts,
  capturedOid: number,
): Promise<CapturedKeyColumn[]> {
  const captured = await readBaseTypes(client, capturedOid);
  const operatorClasses = await readOperatorClasses(client, capturedOid, key.indexName);
  return key.columns.map((column, index) => ({
    ident: quoteIdent(column.name),
    unfold: captured.get(column.name)?.domain === true ? `::${captured.get(column.name)?.type}` : '',
    logColumn: `key_${index + 1}`,
    logTypeSql: captured.get(column.name)?.type ?? column.typeSql,
    collationSql: column.collationSql,
    equals: column.equalsOperator,
    operatorClassSql: operatorClasses[index] ?? column.operatorClassSql,
  }));
}

/**
 * Operator classes of the index of this name on the captured table: the copy's differ from the source's where `alter`
 * gave the key another type. Empty when there is no such index.
 */
async function readOperatorClasses(client: Queryable, oid: number, indexName: string): Promise<string[]> {
  const rows = await client.query<{ operator_class: string }>(
    /* sql */ `
    SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(o.opcname) AS operator_class
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid AND c.relname = $2
    CROSS JOIN LATERAL pg_catalog.unnest(i.indclass::pg_catalog.oid[]) WITH ORDINALITY AS k(opclass, place)
    JOIN pg_catalog.pg_opclass AS o ON o.oid = k.opclass
    JOIN pg_catalog.pg_namespace AS n ON n.oid = o.opcnamespace
    WHERE i.indrelid = $1
    ORDER BY k.place`,
    [oid, indexName],
  );
  return rows.map((row) => row.operator_class);
}

/** Columns with their types, domains followed down to what they are made of. Reads the catalog only. */
async function readBaseTypes(
  client: Queryable,
  oid: number,
): Promise<Map<string, { readonly type: string; readonly domain: boolean }>> {
  const rows = await client.query<BaseType>(
    /* sql */ `
    WITH RECURSIVE unfolded AS (
      SELECT a.attname, a.atttypid AS type_oid, a.atttypmod AS modifier, false AS domain
      FROM pg_catalog.pg_attribute AS a
      WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
      UNION ALL
      SELECT u.attname, t.typbasetype, t.typtypmod, true
      FROM unfolded AS u JOIN pg_catalog.pg_type AS t ON t.oid = u.type_oid
      WHERE t.typtype = 'd'
    )
    SELECT u.attname AS name, pg_catalog.format_type(u.type_oid, u.modifier) AS base_type, u.domain
    FROM unfolded AS u JOIN pg_catalog.pg_type AS t ON t.oid = u.type_oid
    WHERE t.typtype <> 'd'`,
    [oid],
  );
  return new Map(rows.map((row) => [row.name, { type: row.base_type, domain: row.domain }]));
}

/**
 * `s."id" OPERATOR(pg_catalog.=) l.key_1 AND …`: rows of a table against log rows. Serves the captured table and the
 * following one alike: where `alter` gave them different types, the operator family's cross-type operator compares them
 * (int4 = int8), which needs no cast, so it uses the index and cannot overflow on the way back.
 */
export function keyEqualsLog(key: readonly CapturedKeyColumn[], table: string, log: string): string {
  return key
    .map((column) => `${table}.${column.ident}${column.unfold} ${column.equals} ${log}.${column.logColumn}`)
    .join(' AND ');
}

/** `s."id" = c."id" AND …`: rows of the captured table against rows of the one that follows it, by the same operators. */
export function keysAreEqual(key: readonly CapturedKeyColumn[], one: string, other: string): string {
  return key
    .map((column) => `${one}.${column.ident}${column.unfold} ${column.equals} ${other}.${column.ident}${column.unfold}`)
    .join(' AND ');
}
