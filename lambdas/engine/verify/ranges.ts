import type { CapturedKeyColumn } from '../capture/key-columns.ts';
import type { KeyFacts, TableFacts } from '../catalog/table-facts.ts';
import { VERIFY_RANGE } from '../object-names.ts';
import { qualified } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import type { RunObjects } from '../unit-context.ts';

/** Rows per range: some hundred milliseconds of comparing. */
const ROWS_PER_RANGE = 200_000;
const MOST_RANGES = 10_000;
/** Keys sampled per boundary: ranges then differ by a tenth or so in size. */
const SAMPLES_PER_RANGE = 100;

export interface RangeKey {
  /** The column, a domain unfolded: `"id"`, `"id"::public.color`. */
  readonly column: string;
  readonly typeSql: string;
  readonly less: string;
  readonly collate: string;
}

/** Where the key ranges of the comparison are kept: in the run's schema, since their ends are keys (I-13). */
export function rangeTable(objects: RunObjects): string {
  return qualified({ schema: objects.copy.schema, name: VERIFY_RANGE });
}

/**
 * The columns by which ranges are cut: the first column of the key. Rows that share its value fall into one range, so
 * a range is as large as its most frequent first value makes it.
 */
export function rangeKey(key: KeyFacts, captured: readonly CapturedKeyColumn[]): RangeKey {
  const [first] = key.columns;
  const [base] = captured;
  if (first === undefined || base === undefined) {
    throw new Error('a key has at least one column');
  }
  return {
    column: `${base.ident}${base.unfold}`,
    // Not the domain: it may be NOT NULL, and an open end is NULL.
    typeSql: base.logTypeSql,
    less: first.lessOperator,
    collate: first.collationSql === null ? '' : ` COLLATE ${first.collationSql}`,
  };
}

/**
 * Cuts the table's keys into ranges by a sample of its blocks, in one statement; (low, high] with NULL for an open end.
 * One range when the table is small. Sampled from the source, whose type the bounds have.
 */
export async function planRanges(
  tx: Queryable,
  objects: RunObjects,
  facts: TableFacts,
  key: RangeKey,
  rowsEstimated: bigint,
): Promise<void> {
  const ranges = Math.min(MOST_RANGES, Math.max(1, Math.ceil(Number(rowsEstimated) / ROWS_PER_RANGE)));
  const percent = Math.min(
    100,
    Math.max(0.01, (100 * ranges * SAMPLES_PER_RANGE) / Math.max(1, Number(rowsEstimated))),
  );
  await tx.query(/* sql */ `
    CREATE TABLE ${rangeTable(objects)} (
      range_no integer PRIMARY KEY,
      low ${key.typeSql}${key.collate},
      high ${key.typeSql}${key.collate},
      rows_compared bigint,
      differences bigint
    ) WITH (autovacuum_enabled = false)`);
  await tx.query(
    /* sql */ `
    WITH sample AS (
      SELECT s.${key.column} AS value, pg_catalog.ntile($1) OVER (ORDER BY s.${key.column} USING ${key.less}) AS tile
      FROM ONLY ${qualified({ schema: facts.schema, name: facts.name })} AS s TABLESAMPLE SYSTEM ($2)
      WHERE $1 > 1
    ), bound AS (
      SELECT DISTINCT ON (tile) tile, value FROM sample ORDER BY tile, value USING ${key.less}
    ), distinct_bound AS (
      SELECT DISTINCT value FROM bound WHERE tile > 1
    ), cut AS (
      SELECT pg_catalog.lag(value) OVER w AS low, value AS high FROM distinct_bound WINDOW w AS (ORDER BY value USING ${key.less})
      UNION ALL
      SELECT last.value, NULL
      FROM (SELECT value, pg_catalog.lead(true) OVER w AS has_next
            FROM distinct_bound WINDOW w AS (ORDER BY value USING ${key.less})) AS last
      WHERE last.has_next IS NULL
      UNION ALL
      SELECT NULL, NULL WHERE NOT EXISTS (SELECT FROM distinct_bound)
    )
    INSERT INTO ${rangeTable(objects)} (range_no, low, high)
    SELECT pg_catalog.row_number() OVER (), low, high FROM cut`,
    [ranges, percent],
  );
}
