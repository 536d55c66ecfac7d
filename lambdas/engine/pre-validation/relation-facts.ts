import type { Queryable } from '../postgres/session.ts';
import type { TableName } from '../table-name.ts';

/** What bears the request's name, and how large it is. Reading it takes ACCESS SHARE on catalogs only. */
export interface RelationFacts {
  readonly oid: number;
  /** pg_class.relkind. */
  readonly kind: string;
  readonly persistence: string;
  /** The table of an index, the parent of a partition, the owner of a sequence or TOAST table; null without one. */
  readonly belongsTo: string | null;
  readonly owner: string;
  /** Rows by the last VACUUM or ANALYZE; null when there was none. */
  readonly estimatedRows: number | null;
  readonly heapBytes: number;
  readonly toastBytes: number;
  readonly indexBytes: number;
  /** Heap bytes of a copy without dead rows and free space, by the average widths of pg_stats; null without those. */
  readonly denseHeapBytes: number | null;
}

/**
 * Page, line pointer and row header are those of the manual's "Database Page Layout"; fillfactor is the table's own.
 * pg_stats shows widths only of columns that the role may read.
 */
export async function readRelationFacts(client: Queryable, table: TableName): Promise<RelationFacts | null> {
  const [row] = await client.query<RelationFacts>(
    /* sql */ `
    SELECT c.oid,
           c.relkind AS kind,
           c.relpersistence AS persistence,
           COALESCE((SELECT x.indrelid::regclass::text FROM pg_index AS x WHERE x.indexrelid = c.oid),
                    (SELECT h.inhparent::regclass::text FROM pg_inherits AS h WHERE h.inhrelid = c.oid AND c.relispartition),
                    (SELECT o.oid::regclass::text FROM pg_class AS o WHERE o.reltoastrelid = c.oid)) AS "belongsTo",
           pg_get_userbyid(c.relowner)::text AS owner,
           CASE WHEN c.reltuples < 0 THEN NULL ELSE c.reltuples::float8 END AS "estimatedRows",
           CASE WHEN c.relkind IN ('r', 'm', 't') THEN pg_relation_size(c.oid) ELSE 0 END::float8 AS "heapBytes",
           COALESCE(pg_total_relation_size(NULLIF(c.reltoastrelid, 0)), 0)::float8 AS "toastBytes",
           CASE WHEN c.relkind IN ('r', 'm') THEN pg_indexes_size(c.oid) ELSE 0 END::float8 AS "indexBytes",
           CASE WHEN c.reltuples >= 0 AND widths.known THEN
             ceil(c.reltuples / greatest(1, floor((current_setting('block_size')::int4 - 24) * fill.factor / 100
                                                  / (4 + 24 + ceil(widths.bytes / 8) * 8))))::float8
               * current_setting('block_size')::int4
           END AS "denseHeapBytes"
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (
      SELECT COALESCE((SELECT o.option_value FROM pg_options_to_table(c.reloptions) AS o
                       WHERE o.option_name = 'fillfactor')::float8, 100) AS factor
    ) AS fill
    CROSS JOIN LATERAL (
      SELECT COALESCE(sum(s.avg_width * (1 - s.null_frac)), 0)::float8 AS bytes,
             count(s.attname) = count(*) AS known
      FROM pg_attribute AS a
      LEFT JOIN pg_stats AS s
        ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname AND NOT s.inherited
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ) AS widths
    WHERE n.nspname = $1::text
      AND c.relname = $2::text`,
    [table.schema, table.name],
  );
  return row ?? null;
}
