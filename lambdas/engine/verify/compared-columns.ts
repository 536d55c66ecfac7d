import { quoteIdent } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';

/** A column of the table as source and copy have it; generated ones too. */
export interface ComparedColumn {
  readonly name: string;
  /** format_type() on each side. */
  readonly sourceType: string;
  readonly copyType: string;
  /** How the copy's type tells two values apart: see EXACT_TYPES. `key`: the join has done so already. */
  readonly comparedBy: 'key' | 'operator' | 'bytes' | 'scale' | 'image';
}

/**
 * Types of pg_catalog whose `=` is true exactly when the two values are the same bit by bit. Numeric is so where the column
 * fixes the scale, else the scales are compared as well (1.0 = 1.00). Not the floats (-0 = 0), not char(n) (padding), not
 * interval (30 days = 1 month), not jsonb, not arrays, not timetz.
 */
const EXACT_TYPES = [
  'bool',
  'bytea',
  'date',
  'int2',
  'int4',
  'int8',
  'oid',
  'time',
  'timestamp',
  'timestamptz',
  'uuid',
] as const;

/** The same holds for these under a collation that compares bytes, whatever the column's own collation takes for equal. */
const TEXT_TYPES = ['text', 'varchar'] as const;

/** Reads the columns of both tables. The copy has every column of the source. `joinedBy`: those whose built-in `=` joins the rows. */
export async function readComparedColumns(
  client: Queryable,
  sourceOid: number,
  copyOid: number,
  joinedBy: readonly string[],
): Promise<ComparedColumn[]> {
  const rows = await client.query<{
    name: string;
    source_type: string;
    copy_type: string;
    compared_by: ComparedColumn['comparedBy'];
  }>(
    /* sql */ `
    SELECT s.attname AS name,
           pg_catalog.format_type(s.atttypid, s.atttypmod) AS source_type,
           pg_catalog.format_type(c.atttypid, c.atttypmod) AS copy_type,
           CASE
             WHEN t.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace THEN 'image'
             WHEN t.typname = ANY ($3::pg_catalog.name[]) AND s.attname = ANY ($5::pg_catalog.name[])
                  AND s.atttypid = c.atttypid THEN 'key'
             WHEN t.typname = ANY ($3::pg_catalog.name[]) THEN 'operator'
             WHEN t.typname = ANY ($4::pg_catalog.name[]) THEN 'bytes'
             WHEN t.typname = 'numeric' AND c.atttypmod >= 0 AND c.atttypmod = s.atttypmod THEN 'operator'
             WHEN t.typname = 'numeric' THEN 'scale'
             ELSE 'image'
           END AS compared_by
    FROM pg_catalog.pg_attribute AS s
    JOIN pg_catalog.pg_attribute AS c ON c.attrelid = $2 AND c.attname = s.attname AND c.attnum > 0
    JOIN pg_catalog.pg_type AS t ON t.oid = c.atttypid
    WHERE s.attrelid = $1 AND s.attnum > 0 AND NOT s.attisdropped
    ORDER BY s.attnum`,
    [sourceOid, copyOid, EXACT_TYPES, TEXT_TYPES, joinedBy],
  );
  return rows.map((row) => ({
    name: row.name,
    sourceType: row.source_type,
    copyType: row.copy_type,
    comparedBy: row.compared_by,
  }));
}

/**
 * True of a row `source` and a row `copy`, joined by their key, that differ in any bit of any column: NULL from an empty text, -0 from 0, 1.0
 * from 1.00. Not in how a value is stored: compressed, or out of line.
 *
 * Equal to record_image_ne over all columns, and cheaper: that function wants both rows formed first, which is left to the
 * columns that need it (33,500 rows of eleven columns, processor time of the backend: 66 ms over all columns, 62 with numeric
 * and jsonb left to it, 59 with jsonb alone; 25 of them are the join and taking the rows apart).
 */
export function rowsDifferSql(columns: readonly ComparedColumn[], source: string, copy: string): string {
  const tests = columns.flatMap((column) => differenceTests(column, source, copy));
  const images = columns.filter((column) => column.comparedBy === 'image');
  if (images.length > 0) {
    tests.push(
      `pg_catalog.record_image_ne(ROW(${images.map((column) => sourceValue(column, source)).join(', ')}), ROW(${images.map((column) => copyValue(column, copy)).join(', ')}))`,
    );
  }
  return tests.length === 0 ? 'false' : `(${tests.join(' OR ')})`;
}

function differenceTests(column: ComparedColumn, source: string, copy: string): string[] {
  const [was, is] = [sourceValue(column, source), copyValue(column, copy)];
  switch (column.comparedBy) {
    case 'key':
    case 'image':
      return [];
    case 'operator':
      return [`${was} IS DISTINCT FROM ${is}`];
    case 'bytes':
      return [`${was} COLLATE pg_catalog."C" IS DISTINCT FROM ${is} COLLATE pg_catalog."C"`];
    case 'scale':
      return [`${was} IS DISTINCT FROM ${is}`, `pg_catalog.scale(${was}) IS DISTINCT FROM pg_catalog.scale(${is})`];
  }
}

function sourceValue(column: ComparedColumn, source: string): string {
  const value = `${source}.${quoteIdent(column.name)}`;
  return column.sourceType === column.copyType ? value : `${value}::${column.copyType}`;
}

function copyValue(column: ComparedColumn, copy: string): string {
  return `${copy}.${quoteIdent(column.name)}`;
}
