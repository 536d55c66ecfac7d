import { logTable } from '../capture/change-log.ts';
import { type CapturedKeyColumn, keyEqualsLog } from '../capture/key-columns.ts';
import { qualified } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import { insertFinding } from '../registry/findings.ts';
import type { RunObjects } from '../unit-context.ts';
import { type ComparedColumn, rowsDifferSql } from './compared-columns.ts';
import type { RangeKey } from './key-order.ts';
import { type Range, within } from './ranges.ts';

export interface Comparison {
  readonly objects: RunObjects;
  readonly copyOid: number;
  readonly key: readonly CapturedKeyColumn[];
  readonly keyColumns: readonly string[];
  readonly rangeKey: RangeKey;
  readonly columns: readonly ComparedColumn[];
}

export interface Compared {
  readonly rows: bigint;
  readonly differences: bigint;
  readonly findingId: bigint | null;
}

/** Keys that a finding lists per range; the count is exact. */
const KEYS_LISTED = 100;

/**
 * Compares one key range of source and copy: a full join, row against row bit by bit, both sides in the caller's one
 * REPEATABLE READ snapshot, keys with pending log rows left out. A difference becomes a finding, written in the server.
 *
 * The joins are merge joins over the two key indexes where the planner has the choice: hash joins of wide rows spill.
 */
export async function compareRange(
  tx: Queryable,
  runId: bigint,
  comparison: Comparison,
  range: Range,
): Promise<Compared> {
  const joined = joinedSql(comparison, range);
  const [counted] = await tx.query<{ rows: bigint; differences: bigint }>(/* sql */ `
    SELECT pg_catalog.count(*) AS rows, pg_catalog.count(*) FILTER (WHERE j.differs) AS differences
    FROM (${joined}) AS j`);
  const unique = await keyIsUnique(tx, comparison);
  const differing = /* sql */ `
    SELECT j.row_key FROM (${joined}) AS j WHERE j.differs
    ${unique ? '' : `UNION ${duplicatesSql(comparison, range)}`}`;
  const differences = unique ? (counted?.differences ?? 0n) : await countRows(tx, differing);
  const rows = counted?.rows ?? 0n;
  if (differences === 0n) {
    return { rows, differences, findingId: null };
  }
  const findingId = await insertFinding(tx, {
    runId,
    kind: 'copy differs from source',
    constraintName: null,
    keysSql: differing,
    keysListed: KEYS_LISTED,
  });
  return { rows, differences, findingId };
}

async function countRows(tx: Queryable, sql: string): Promise<bigint> {
  const [row] = await tx.query<{ count: bigint }>(/* sql */ `SELECT pg_catalog.count(*) AS count FROM (${sql}) AS d`);
  return row?.count ?? 0n;
}

function joinedSql(comparison: Comparison, range: Range): string {
  const { objects, key, rangeKey } = comparison;
  const sameKey = key
    .map((column) => `s.${column.ident}${column.unfold} ${column.equals} c.${column.ident}${column.unfold}`)
    .join(' AND ');
  const [first] = key;
  if (first === undefined) {
    throw new Error('a key has at least one column');
  }
  const rowKey = key.map(
    (column) => `COALESCE(s.${column.ident}::pg_catalog.text, c.${column.ident}::pg_catalog.text)`,
  );
  // NOT DISTINCT FROM NULL: a key of a composite type whose fields are all NULL is there, and yet IS NULL.
  // CASE keeps the look into the log to the rows that differ.
  return /* sql */ `
    SELECT pg_catalog.jsonb_build_array(${rowKey.join(', ')}) AS row_key,
           CASE
             WHEN s.${first.ident} IS NOT DISTINCT FROM NULL THEN NOT ${pendingSql(comparison, 'c')}
             WHEN c.${first.ident} IS NOT DISTINCT FROM NULL THEN NOT ${pendingSql(comparison, 's')}
             WHEN ${rowsDifferSql(comparison.columns)} THEN NOT ${pendingSql(comparison, 's')}
             ELSE false
           END AS differs
    FROM (SELECT * FROM ONLY ${qualified(objects.source)} AS t ${within(objects, rangeKey, range, 't')}) AS s
    FULL JOIN (SELECT * FROM ONLY ${qualified(objects.copy)} AS t ${within(objects, rangeKey, range, 't')}) AS c
      ON ${sameKey}
    -- A node puts out 1,664 columns at most. Kept apart, this join puts out what it has found; else all columns of both tables.
    OFFSET 0`;
}

function pendingSql(comparison: Comparison, side: string): string {
  return /* sql */ `EXISTS (
    SELECT FROM ${logTable(comparison.objects.changeLog)} AS l
    WHERE ${keyEqualsLog(comparison.key, side, 'l')})`;
}

/**
 * True when a unique index of the copy keeps its keys apart. The join takes two equal rows of the copy for one each: only
 * without such an index, dropped by a person, is it worth looking for them.
 */
async function keyIsUnique(tx: Queryable, comparison: Comparison): Promise<boolean> {
  const [row] = await tx.query<{ unique: boolean }>(
    /* sql */ `
    SELECT EXISTS (
      SELECT FROM pg_catalog.pg_index AS x
      WHERE x.indrelid = $1
        AND x.indisunique AND x.indisvalid AND x.indisready AND x.indislive
        AND x.indpred IS NULL AND x.indexprs IS NULL
        AND ARRAY(SELECT a.attname
                  FROM pg_catalog.unnest((x.indkey::pg_catalog.int2[])[0:x.indnkeyatts - 1]) AS k(attnum)
                  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.attnum)
            <@ $2::pg_catalog.name[]) AS unique`,
    [comparison.copyOid, comparison.keyColumns],
  );
  return row?.unique ?? false;
}

function duplicatesSql(comparison: Comparison, range: Range): string {
  const { objects, key, rangeKey } = comparison;
  const columns = key.map((column) => `c.${column.ident}`);
  return /* sql */ `
    SELECT pg_catalog.jsonb_build_array(${columns.map((column) => `${column}::pg_catalog.text`).join(', ')}) AS row_key
    FROM ONLY ${qualified(objects.copy)} AS c ${within(objects, rangeKey, range, 'c')}
    GROUP BY ${columns.join(', ')}
    HAVING pg_catalog.count(*) > 1 AND NOT ${pendingSql(comparison, 'c')}`;
}
