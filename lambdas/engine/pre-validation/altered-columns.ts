import type { AlterEntry, ColumnTypeChange } from '../alter/parse-alter.ts';
import {
  type CastVerdict,
  judgeCast,
  modifiersOf,
  normalisedModifiers,
  type ResolvedType,
} from '../alter/safe-casts.ts';
import type { Queryable } from '../postgres/session.ts';

/** A column whose type the request changes, with both types as the catalog knows them. */
export interface AlteredColumn {
  readonly name: string;
  readonly number: number;
  readonly before: ResolvedType;
  readonly after: ResolvedType;
  readonly afterOid: number;
  readonly verdict: CastVerdict;
  /** The collation it has now, when ALTER COLUMN … TYPE without COLLATE would exchange it for the type's own. */
  readonly lostCollation: string | null;
}

/** Every type change of the entries, in their order. */
export function changesOf(entries: readonly AlterEntry[]): readonly ColumnTypeChange[] {
  return entries.flatMap((entry) => entry.changes);
}

interface CatalogRow {
  readonly number: number;
  readonly name: string;
  readonly before_name: string | null;
  readonly before_sql: string;
  readonly before_typmod: number;
  readonly after_oid: number;
  readonly after_name: string | null;
  readonly after_sql: string;
  readonly lost_collation: string | null;
}

/**
 * Looks the columns and types up; what the catalog does not know is left out. A type written without a schema is
 * looked for in pg_catalog only, since the session's search_path is pinned.
 */
export async function readAlteredColumns(
  client: Queryable,
  tableOid: number,
  entries: readonly AlterEntry[],
): Promise<readonly AlteredColumn[]> {
  const altered: AlteredColumn[] = [];
  for (const change of changesOf(entries)) {
    const [row] = await client.query<CatalogRow>(alteredColumnSql(), [
      tableOid,
      change.column,
      change.targetType.schema ?? 'pg_catalog',
      change.targetType.name,
    ]);
    if (row !== undefined) {
      altered.push(alteredColumn(row, change));
    }
  }
  return altered;
}

/** Only base types of pg_catalog get a name: the rules of safe-casts.ts know no others. */
function alteredColumnSql(): string {
  const baseName = (type: string) => /* sql */ `
    CASE WHEN ${type}.typnamespace = 'pg_catalog'::regnamespace AND ${type}.typtype = 'b' THEN ${type}.typname::text END`;
  return /* sql */ `
    SELECT a.attnum::int4 AS number,
           a.attname::text AS name,
           ${baseName('b')} AS before_name,
           format_type(a.atttypid, a.atttypmod) AS before_sql,
           a.atttypmod AS before_typmod,
           t.oid AS after_oid,
           ${baseName('t')} AS after_name,
           format_type(t.oid, NULL) AS after_sql,
           CASE WHEN a.attcollation NOT IN (0, t.typcollation) THEN a.attcollation::regcollation::text END AS lost_collation
    FROM pg_attribute AS a
    JOIN pg_type AS b ON b.oid = a.atttypid
    JOIN pg_type AS t ON t.typname = $4::text
    JOIN pg_namespace AS n ON n.oid = t.typnamespace AND n.nspname = $3::text
    WHERE a.attrelid = $1::oid
      AND a.attname = $2::text
      AND a.attnum > 0
      AND NOT a.attisdropped`;
}

function alteredColumn(row: CatalogRow, change: ColumnTypeChange): AlteredColumn {
  const before: ResolvedType = {
    name: row.before_name,
    modifiers: row.before_name === null ? [] : modifiersOf(row.before_name, row.before_typmod),
    sql: row.before_sql,
  };
  const { modifiers } = change.targetType;
  const after: ResolvedType = {
    name: row.after_name,
    modifiers: row.after_name === null ? modifiers : normalisedModifiers(row.after_name, modifiers),
    sql: modifiers.length === 0 ? row.after_sql : `${row.after_sql}(${modifiers.join(',')})`,
  };
  return {
    name: row.name,
    number: row.number,
    before,
    after,
    afterOid: row.after_oid,
    verdict: judgeCast(before, after),
    lostCollation: row.lost_collation,
  };
}

const INTEGERS: ReadonlySet<string> = new Set(['int2', 'int4', 'int8']);
const TEXTS: ReadonlySet<string> = new Set(['text', 'varchar']);

/**
 * True when both types are compared by operators of one btree operator family, so that indexes and foreign keys go on
 * working between old and new values: the integers have cross-type operators, varchar uses those of text.
 */
export function staysInFamily(column: AlteredColumn): boolean {
  const { name: before } = column.before;
  const { name: after } = column.after;
  if (before === null || after === null) {
    return false;
  }
  return before === after || [INTEGERS, TEXTS].some((family) => family.has(before) && family.has(after));
}
