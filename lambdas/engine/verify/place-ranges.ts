import { type CapturedKeyColumn, keysAreEqual } from '../capture/key-columns.ts';
import { qualified } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import type { RunObjects } from '../unit-context.ts';
import { MOST_RANGES, type Range, rangeTable, readSizes, type Sizes } from './ranges.ts';

/** At most so many rows in a range: some hundred milliseconds of comparing. */
const MOST_ROWS_PER_RANGE = 200_000;
/** At most so many bytes, out of line ones too, so that the rows of one side fit into work_mem. */
const MOST_BYTES_PER_RANGE = 48 * 1024 * 1024;
const LEAST_ROWS_PER_RANGE = 1_000;

/** The rows that tell where in the copy a range of the source begins, and the blocks they are looked for in. */
const SAMPLED_ROWS = 30;
const SAMPLED_BLOCKS = 8;

/**
 * False when some of the ranges that were planned are gone: they are numbered from one, each begins where the one before ends,
 * and the last has no end.
 */
export const PLACE_RANGES_ARE_WHOLE = (objects: RunObjects) => /* sql */ `
  SELECT pg_catalog.bool_and(r.joined) AND pg_catalog.count(*) FILTER (WHERE r.source_to IS NULL AND r.copy_to IS NULL) = 1 AS whole
  FROM (
    SELECT source_to, copy_to,
           range_no = pg_catalog.row_number() OVER place
           AND source_from IS NOT DISTINCT FROM pg_catalog.lag(source_to, 1, 0::pg_catalog.int8) OVER place
           AND copy_from IS NOT DISTINCT FROM pg_catalog.lag(copy_to, 1, 0::pg_catalog.int8) OVER place AS joined
    FROM ${rangeTable(objects)}
    WINDOW place AS (ORDER BY range_no)
  ) AS r`;

/**
 * Cuts the source's heap into ranges of as many blocks each, and finds by a few rows where in the copy each begins. The copy
 * was filled in the order of the source, by connections that take turns and beside changes that are put elsewhere: most rows
 * of a range lie in the same range of the copy, and those that do not are looked up.
 *
 * @param workers the connections that will compare: they shall end at about the same time
 * @param rowsPerRange how large a range shall be, where not by the size of the rows
 */
export async function planPlaceRanges(
  tx: Queryable,
  objects: RunObjects,
  key: readonly CapturedKeyColumn[],
  workers: number,
  rowsPerRange?: number,
): Promise<void> {
  const sizes = await readSizes(tx, objects);
  await tx.query(/* sql */ `
    CREATE TABLE ${rangeTable(objects)} (
      range_no integer PRIMARY KEY,
      source_from bigint NOT NULL,
      source_to bigint,
      copy_from bigint NOT NULL,
      copy_to bigint,
      rows_compared bigint,
      differences bigint
    ) WITH (autovacuum_enabled = false)`);
  const names = key.map((column) => `t.${column.ident}`).join(', ');
  const block = (place: string) => `('(' || ${place} || ',0)')::pg_catalog.tid`;
  await tx.query(
    /* sql */ `
    WITH cut AS (
      SELECT n AS number, n * $2::pg_catalog.int8 / $1::pg_catalog.int8 AS source_block
      FROM pg_catalog.generate_series(1, $1::pg_catalog.int8 - 1) AS n
    ), found AS (
      SELECT cut.number, cut.source_block,
             (SELECT pg_catalog.percentile_disc(0.5) WITHIN GROUP (ORDER BY (c.ctid::pg_catalog.text::pg_catalog.point)[0])
              FROM (SELECT ${names} FROM ONLY ${qualified(objects.source)} AS t
                    WHERE t.ctid >= ${block('cut.source_block')} AND t.ctid < ${block(`(cut.source_block + ${SAMPLED_BLOCKS})`)}
                    LIMIT ${SAMPLED_ROWS}) AS s
              JOIN ONLY ${qualified(objects.copy)} AS c ON ${keysAreEqual(key, 's', 'c')}) AS copy_block
      FROM cut
    ), bound AS (
      SELECT 0::pg_catalog.int8 AS number, 0::pg_catalog.int8 AS source_block, 0::pg_catalog.int8 AS copy_block
      UNION ALL
      -- Rows that were changed since lie at the copy's end: what comes later tells better.
      SELECT number, source_block,
             COALESCE(pg_catalog.min(copy_block) OVER (ORDER BY number ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)::pg_catalog.int8,
                      $3::pg_catalog.int8)
      FROM found
    )
    INSERT INTO ${rangeTable(objects)} (range_no, source_from, source_to, copy_from, copy_to)
    SELECT number + 1, source_block, pg_catalog.lead(source_block) OVER place, copy_block, pg_catalog.lead(copy_block) OVER place
    FROM bound
    WINDOW place AS (ORDER BY number)`,
    [countRanges(sizes, workers, rowsPerRange), sizes.source_blocks, sizes.copy_blocks],
  );
}

function countRanges({ rows, bytes, source_blocks }: Sizes, workers: number, rowsPerRange?: number): number {
  const fitting = Math.max(LEAST_ROWS_PER_RANGE, (rows * MOST_BYTES_PER_RANGE) / Math.max(1, bytes));
  const wanted = Math.ceil(rows / (rowsPerRange ?? Math.min(MOST_ROWS_PER_RANGE, fitting)));
  const shared = wanted > 1 ? Math.ceil(wanted / workers) * workers : 1;
  return Math.max(1, Math.min(MOST_RANGES, Number(source_blocks), shared));
}

/** Ranges that are not compared yet, or that had differences. The last goes to the end, however far that has moved meanwhile. */
export async function openPlaceRanges(client: Queryable, objects: RunObjects): Promise<Range[]> {
  const rows = await client.query<{
    range_no: number;
    source_from: bigint;
    source_to: bigint | null;
    copy_from: bigint;
    copy_to: bigint | null;
  }>(/* sql */ `
    SELECT range_no, source_from, source_to, copy_from, copy_to
    FROM ${rangeTable(objects)} WHERE rows_compared IS NULL ORDER BY range_no`);
  return rows.map((row) => ({
    rangeNo: row.range_no,
    inSource: inBlocks(row.source_from, row.source_to),
    inCopy: inBlocks(row.copy_from, row.copy_to),
    // The whole copy is looked through for them, once.
    duplicatesIn: row.range_no === 1 ? 'true' : null,
  }));
}

/** From (included) to (not included): a scan of just these blocks (PG 14+). */
function inBlocks(from: bigint, to: bigint | null): string {
  const begin = `t.ctid >= '(${from},0)'::pg_catalog.tid`;
  return to === null ? begin : `${begin} AND t.ctid < '(${to},0)'::pg_catalog.tid`;
}
