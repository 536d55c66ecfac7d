import { qualified } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import type { RunObjects } from '../unit-context.ts';
import type { RangeKey } from './key-order.ts';
import { MOST_RANGES, type Range, rangeTable, readSizes } from './ranges.ts';

/** Rows per range: some hundred milliseconds of comparing, so that the connections end at about the same time. */
const ROWS_PER_RANGE = 50_000;

/**
 * What is read to find the boundaries: neighbours in a block tend to have neighbouring keys, so it is blocks that count.
 * Ranges then differ by a sixth or so in size. At most 400 MB of a table.
 */
const BLOCKS_PER_RANGE = 40;
const MOST_BLOCKS = 50_000;
/** Keys of those blocks that are sorted, per range. */
const KEYS_PER_RANGE = 200;

/**
 * False when some of the ranges that were planned are gone: they are numbered from one, the first has no low end and the last
 * no high one.
 */
export const KEY_RANGES_ARE_WHOLE = (objects: RunObjects) => /* sql */ `
  SELECT pg_catalog.count(*) = pg_catalog.max(r.range_no)
         AND pg_catalog.count(*) FILTER (WHERE NOT r.has_low) = 1
         AND pg_catalog.count(*) FILTER (WHERE NOT r.has_high) = 1 AS whole
  FROM ${rangeTable(objects)} AS r`;

/**
 * Cuts the table's keys into ranges (low, high] by a sample of its blocks, in one statement; the first has no low end, the
 * last no high one. One range when the table is small. Sampled from the source, whose type the bounds have.
 *
 * @param rowsPerRange how large a range shall be
 */
export async function planKeyRanges(
  tx: Queryable,
  objects: RunObjects,
  key: RangeKey,
  rowsPerRange: number = ROWS_PER_RANGE,
): Promise<void> {
  const { rows, source_blocks: blocks } = await readSizes(tx, objects);
  const ranges = Math.min(MOST_RANGES, Math.max(1, Math.ceil(rows / rowsPerRange)));
  const sampledPart = Math.min(1, Math.min(MOST_BLOCKS, ranges * BLOCKS_PER_RANGE) / Math.max(1, Number(blocks)));
  const keptPart = Math.min(1, (ranges * KEYS_PER_RANGE) / Math.max(1, rows * sampledPart));
  const list = (write: (place: number) => string) => key.columns.map((_, index) => write(index + 1)).join(', ');
  const values = list((place) => `value_${place}`);
  const ordered = list((place) => `value_${place} USING ${key.less}`);
  const ends = (end: string) =>
    key.columns.map((column, index) => `${end}_${index + 1} ${column.typeSql}${column.collate}`).join(', ');
  await tx.query(/* sql */ `
    CREATE TABLE ${rangeTable(objects)} (
      range_no integer PRIMARY KEY,
      has_low boolean NOT NULL,
      has_high boolean NOT NULL,
      ${ends('low')},
      ${ends('high')},
      rows_compared bigint,
      differences bigint
    ) WITH (autovacuum_enabled = false)`);
  await tx.query(
    /* sql */ `
    WITH key AS (
      SELECT ${key.columns.map((column, index) => `s.${column.column} AS value_${index + 1}`).join(', ')}
      FROM ONLY ${qualified(objects.source)} AS s TABLESAMPLE SYSTEM ($2)
      WHERE $1 > 1 AND pg_catalog.random() <= $3
    ), sample AS (
      SELECT ${values}, pg_catalog.ntile($1) OVER (ORDER BY ${ordered}) AS tile FROM key
    ), bound AS (
      SELECT DISTINCT ON (tile) ${values}, tile FROM sample ORDER BY tile, ${ordered}
    ), cut AS (
      SELECT DISTINCT ${values} FROM bound WHERE tile > 1
    ), numbered AS (
      SELECT ${values}, pg_catalog.row_number() OVER (ORDER BY ${ordered}) AS number FROM cut
    )
    INSERT INTO ${rangeTable(objects)}
      (range_no, has_low, has_high, ${list((place) => `low_${place}`)}, ${list((place) => `high_${place}`)})
    SELECT n.number, low.number IS NOT NULL, high.number IS NOT NULL,
           ${list((place) => `low.value_${place}`)}, ${list((place) => `high.value_${place}`)}
    FROM pg_catalog.generate_series(1, 1 + (SELECT pg_catalog.count(*) FROM numbered)) AS n(number)
    LEFT JOIN numbered AS low ON low.number = n.number - 1
    LEFT JOIN numbered AS high ON high.number = n.number`,
    [ranges, 100 * sampledPart, keptPart],
  );
}

/** Ranges that are not compared yet, or that had differences. */
export async function openKeyRanges(client: Queryable, objects: RunObjects, key: RangeKey): Promise<Range[]> {
  const rows = await client.query<{ range_no: number; has_low: boolean; has_high: boolean }>(/* sql */ `
    SELECT range_no, has_low, has_high
    FROM ${rangeTable(objects)} WHERE rows_compared IS NULL ORDER BY range_no`);
  return rows.map((row) => {
    const within = withinKeys(objects, key, row);
    return { rangeNo: row.range_no, inSource: within, inCopy: within, duplicatesIn: within };
  });
}

/**
 * `ROW(low) < ROW(key) AND ROW(key) <= ROW(high)`: both ends use the key's index. For every key there is, exactly
 * one range holds it, in the source and in the copy alike.
 */
function withinKeys(
  objects: RunObjects,
  key: RangeKey,
  range: { readonly range_no: number; readonly has_low: boolean; readonly has_high: boolean },
): string {
  const own = `ROW(${key.columns.map((column) => `t.${column.column}`).join(', ')})`;
  const bound = (end: string) => {
    const values = key.columns.map(
      (_, index) =>
        `(SELECT r.${end}_${index + 1} FROM ${rangeTable(objects)} AS r WHERE r.range_no = ${Math.trunc(range.range_no)})`,
    );
    return `ROW(${values.join(', ')})`;
  };
  const conditions = [
    range.has_low ? `${bound('low')} ${key.less} ${own}` : null,
    range.has_high ? `${own} ${key.lessOrEqual} ${bound('high')}` : null,
  ].filter((condition) => condition !== null);
  return conditions.length === 0 ? 'true' : conditions.join(' AND ');
}
