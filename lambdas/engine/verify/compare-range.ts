import { logTable } from '../capture/change-log.ts';
import { type CapturedKeyColumn, keyEqualsLog } from '../capture/key-columns.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import { insertFinding } from '../registry/findings.ts';
import type { RunObjects } from '../unit-context.ts';
import { type RangeKey, rangeTable } from './ranges.ts';

export interface Comparison {
  readonly objects: RunObjects;
  readonly key: readonly CapturedKeyColumn[];
  readonly rangeKey: RangeKey;
  /** Every column with its type on each side; generated ones too. */
  readonly columns: readonly { readonly name: string; readonly sourceType: string; readonly copyType: string }[];
}

export interface Range {
  readonly rangeNo: number;
  readonly hasLow: boolean;
  readonly hasHigh: boolean;
}

export interface Compared {
  readonly rows: bigint;
  readonly differences: bigint;
  readonly findingId: bigint | null;
}

/** Keys that a finding lists per range; the count is exact. */
const KEYS_LISTED = 100;

/**
 * Compares one key range of source and copy: a full join, row against row by record_image_ne (which tells −0 from 0 and
 * 1.0 from 1.00), both sides in the caller's one REPEATABLE READ snapshot, keys with pending log rows left out. A
 * difference becomes a finding, written in the server.
 *
 * The joins are merge joins over the two key indexes where the planner has the choice: hash joins of wide rows spill.
 */
export async function compareRange(
  tx: Queryable,
  runId: bigint,
  comparison: Comparison,
  range: Range,
): Promise<Compared> {
  const differing = differingSql(comparison, range);
  const [counted] = await tx.query<{ rows: bigint; differences: bigint }>(/* sql */ `
    SELECT pg_catalog.count(*) AS rows, pg_catalog.count(*) FILTER (WHERE j.differs) AS differences
    FROM (${differing}) AS j`);
  const differences = counted?.differences ?? 0n;
  if (differences === 0n) {
    return { rows: counted?.rows ?? 0n, differences, findingId: null };
  }
  const findingId = await insertFinding(tx, {
    runId,
    kind: 'copy differs from source',
    constraintName: null,
    keysSql: /* sql */ `SELECT j.row_key FROM (${differing}) AS j WHERE j.differs`,
    keysListed: KEYS_LISTED,
  });
  return { rows: counted?.rows ?? 0n, differences, findingId };
}

function differingSql(comparison: Comparison, range: Range): string {
  const { objects, key, columns } = comparison;
  const sourceRow = columns.map((column) => {
    const value = `s.${quoteIdent(column.name)}`;
    return column.sourceType === column.copyType ? value : `${value}::${column.copyType}`;
  });
  const copyRow = columns.map((column) => `c.${quoteIdent(column.name)}`);
  const sameKey = key
    .map((column) => `s.${column.ident}${column.unfold} ${column.equals} c.${column.ident}${column.unfold}`)
    .join(' AND ');
  const pending = (side: string) => /* sql */ `EXISTS (
    SELECT FROM ${logTable(objects.changeLog)} AS l
    WHERE ${keyEqualsLog(key, side, 'l')})`;
  const [first] = key;
  if (first === undefined) {
    throw new Error('a key has at least one column');
  }
  const rowKey = key.map(
    (column) => `COALESCE(s.${column.ident}::pg_catalog.text, c.${column.ident}::pg_catalog.text)`,
  );
  // CASE keeps the look into the log to the rows that differ.
  return /* sql */ `
    SELECT pg_catalog.jsonb_build_array(${rowKey.join(', ')}) AS row_key,
           CASE
             WHEN s.${first.ident} IS NULL THEN NOT ${pending('c')}
             WHEN c.${first.ident} IS NULL THEN NOT ${pending('s')}
             WHEN pg_catalog.record_image_ne(ROW(${sourceRow.join(', ')}), ROW(${copyRow.join(', ')})) THEN NOT ${pending('s')}
             ELSE false
           END AS differs
    FROM (SELECT * FROM ONLY ${qualified(objects.source)} AS t ${within(comparison, range, 't')}) AS s
    FULL JOIN (SELECT * FROM ONLY ${qualified(objects.copy)} AS t ${within(comparison, range, 't')}) AS c ON ${sameKey}`;
}

/** `WHERE low < key AND NOT high < key`: the planner turns the NOT into <=, so both ends use the index. */
function within(comparison: Comparison, range: Range, side: string): string {
  const { column, less } = comparison.rangeKey;
  const bound = (end: string) =>
    `(SELECT r.${end} FROM ${rangeTable(comparison.objects)} AS r WHERE r.range_no = ${Math.trunc(range.rangeNo)})`;
  const conditions = [
    range.hasLow ? `${bound('low')} ${less} ${side}.${column}` : null,
    range.hasHigh ? `NOT (${bound('high')} ${less} ${side}.${column})` : null,
  ].filter((condition) => condition !== null);
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}
