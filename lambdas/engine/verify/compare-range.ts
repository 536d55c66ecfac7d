import { logTable } from '../capture/change-log.ts';
import { type CapturedKeyColumn, keyEqualsLog, keysAreEqual } from '../capture/key-columns.ts';
import { qualified } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import { insertFinding } from '../registry/findings.ts';
import type { RunObjects } from '../unit-context.ts';
import { type ComparedColumn, rowsDifferSql } from './compared-columns.ts';
import type { Range } from './ranges.ts';

export interface Comparison {
  readonly objects: RunObjects;
  readonly copyOid: number;
  readonly key: readonly CapturedKeyColumn[];
  readonly keyColumns: readonly string[];
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
 * Compares one range of source and copy: a full join, row against row bit by bit, both sides in the caller's one REPEATABLE
 * READ snapshot, keys with pending log rows left out. A row whose like is not in the range is looked up by its key in the
 * whole other table, in the same snapshot; so each row of either table is held against the other, wherever that keeps it.
 * A difference becomes a finding, written in the server.
 *
 * Rows are counted on the side of the source, where each is in one range.
 */
export async function compareRange(
  tx: Queryable,
  runId: bigint,
  comparison: Comparison,
  range: Range,
): Promise<Compared> {
  const joined = joinedSql(comparison, range);
  const [counted] = await tx.query<{ rows: bigint; differences: bigint }>(/* sql */ `
    SELECT pg_catalog.count(*) FILTER (WHERE j.in_source) AS rows, pg_catalog.count(*) FILTER (WHERE j.differs) AS differences
    FROM (${joined}) AS j`);
  const single = /* sql */ `SELECT j.row_key FROM (${joined}) AS j WHERE j.differs`;
  const { duplicatesIn } = range;
  const unique = duplicatesIn === null || (await keyIsUnique(tx, comparison));
  const differing = unique ? single : `${single} UNION ${duplicatesSql(comparison, duplicatesIn)}`;
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
  const { objects, key, columns } = comparison;
  const [first] = key;
  if (first === undefined) {
    throw new Error('a key has at least one column');
  }
  const rowKey = key.map(
    (column) => `COALESCE(s.${column.ident}::pg_catalog.text, c.${column.ident}::pg_catalog.text)`,
  );
  const [source, copy] = [qualified(objects.source), qualified(objects.copy)];
  // NOT DISTINCT FROM NULL: a key of a composite type whose fields are all NULL is there, and yet IS NULL.
  // CASE keeps the look into the log to the rows that differ, and OFFSET the look-ups to the key's index: without it the planner
  // may hash the whole table.
  return /* sql */ `
    SELECT pg_catalog.jsonb_build_array(${rowKey.join(', ')}) AS row_key,
           s.${first.ident} IS DISTINCT FROM NULL AS in_source,
           CASE
             WHEN s.${first.ident} IS NOT DISTINCT FROM NULL THEN
               NOT EXISTS (SELECT FROM ONLY ${source} AS o WHERE ${keysAreEqual(key, 'o', 'c')} OFFSET 0)
               AND NOT ${pendingSql(comparison, 'c')}
             WHEN c.${first.ident} IS NOT DISTINCT FROM NULL THEN
               NOT EXISTS (SELECT FROM ONLY ${copy} AS o
                           WHERE ${keysAreEqual(key, 's', 'o')} AND NOT ${rowsDifferSql(columns, 's', 'o')} OFFSET 0)
               AND NOT ${pendingSql(comparison, 's')}
             WHEN ${rowsDifferSql(columns, 's', 'c')} THEN NOT ${pendingSql(comparison, 's')}
             ELSE false
           END AS differs
    FROM (SELECT * FROM ONLY ${source} AS t WHERE ${range.inSource}) AS s
    FULL JOIN (SELECT * FROM ONLY ${copy} AS t WHERE ${range.inCopy}) AS c
      ON ${keysAreEqual(key, 's', 'c')}
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

function duplicatesSql(comparison: Comparison, where: string): string {
  const { objects, key } = comparison;
  const columns = key.map((column) => `t.${column.ident}`);
  return /* sql */ `
    SELECT pg_catalog.jsonb_build_array(${columns.map((column) => `${column}::pg_catalog.text`).join(', ')}) AS row_key
    FROM ONLY ${qualified(objects.copy)} AS t
    WHERE ${where}
    GROUP BY ${columns.join(', ')}
    HAVING pg_catalog.count(*) > 1 AND NOT ${pendingSql(comparison, 't')}`;
}
