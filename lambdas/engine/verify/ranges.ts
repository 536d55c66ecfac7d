import { VERIFY_RANGE } from '../object-names.ts';
import { qualified } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import type { RunObjects } from '../unit-context.ts';

/**
 * By what the tables are cut: `key`, ranges of keys, where neighbouring keys lie in neighbouring blocks; `place`, ranges of
 * blocks, where they lie anywhere.
 */
export type RangeKind = 'key' | 'place';

/** A part of source and copy that one transaction compares. The conditions are of rows `t`. */
export interface Range {
  readonly rangeNo: number;
  readonly inSource: string;
  readonly inCopy: string;
  /** Where equal keys of the copy are looked for, should no index keep them apart; null: another range does. */
  readonly duplicatesIn: string | null;
}

/** Where the ranges of the comparison are kept: in the run's schema, since their ends may be keys (I-13), and they go with it. */
export function rangeTable(objects: RunObjects): string {
  return qualified({ schema: objects.copy.schema, name: VERIFY_RANGE });
}

/** No more of them, however large the table. */
export const MOST_RANGES = 10_000;

export interface Sizes {
  readonly rows: number;
  /** Of the copy, with what it keeps out of line. */
  readonly bytes: number;
  readonly source_blocks: bigint;
  readonly copy_blocks: bigint;
}

/**
 * Rows by the copy's density, which the VACUUM after the backfill has counted: the statistics of the source may be years
 * old, and a range that is too large for a unit could never be compared.
 */
export async function readSizes(client: Queryable, objects: RunObjects): Promise<Sizes> {
  const [row] = await client.query<Sizes>(
    /* sql */ `
    SELECT CASE WHEN c.relpages > 0
                THEN c.reltuples::pg_catalog.float8 / c.relpages * s.copy_bytes / s.block
                ELSE s.copy_bytes / 100.0::pg_catalog.float8 END AS rows,
           (s.copy_bytes + COALESCE(pg_catalog.pg_relation_size(c.reltoastrelid), 0))::pg_catalog.float8 AS bytes,
           pg_catalog.pg_relation_size($2::pg_catalog.regclass) / s.block AS source_blocks,
           s.copy_bytes / s.block AS copy_blocks
    FROM pg_catalog.pg_class AS c,
         LATERAL (SELECT pg_catalog.pg_relation_size(c.oid) AS copy_bytes,
                         pg_catalog.current_setting('block_size')::pg_catalog.int8 AS block) AS s
    WHERE c.oid = $1::pg_catalog.regclass`,
    [qualified(objects.copy), qualified(objects.source)],
  );
  return row ?? { rows: 0, bytes: 0, source_blocks: 0n, copy_blocks: 0n };
}

/** The least correlation of a column whose values lie in order. */
const IN_KEY_ORDER = 0.9;

/**
 * By the correlation of each of the key's columns with the place in the copy, as ANALYZE has found it after the backfill: a first
 * column with one value has a perfect one. A range
 * of keys that lie anywhere reads nearly all blocks of both tables, each range anew: 1.6 million rows keyed by random UUIDs
 * took 13.8 s in ranges of 50,000 keys, more than half of the whole run. Where they lie together, the two key indexes give
 * both sides in order, and blocks take a fifth more of the processor: the hash table, and the rows at the ranges' borders.
 */
export async function kindOfRanges(
  client: Queryable,
  objects: RunObjects,
  keyColumns: readonly string[],
): Promise<RangeKind> {
  const [row] = await client.query<{ in_key_order: boolean }>(
    /* sql */ `
    SELECT pg_catalog.count(*) = pg_catalog.cardinality($3::pg_catalog.name[]) AS in_key_order
    FROM pg_catalog.pg_stats AS s
    WHERE s.schemaname = $1 AND s.tablename = $2 AND s.attname = ANY ($3::pg_catalog.name[]) AND NOT s.inherited
      AND pg_catalog.abs(s.correlation) >= $4::pg_catalog.float4`,
    [objects.copy.schema, objects.copy.name, keyColumns, IN_KEY_ORDER],
  );
  return row?.in_key_order === true ? 'key' : 'place';
}

/** False when somebody has dropped the table of the ranges; otherwise as `sql` says of what is in it. */
export async function rangesAreWhole(client: Queryable, objects: RunObjects, sql: string): Promise<boolean> {
  const [table] = await client.query<{ there: boolean }>(
    /* sql */ `SELECT pg_catalog.to_regclass($1) IS NOT NULL AS there`,
    [rangeTable(objects)],
  );
  if (table?.there !== true) return false;
  const [row] = await client.query<{ whole: boolean | null }>(sql);
  return row?.whole === true;
}
