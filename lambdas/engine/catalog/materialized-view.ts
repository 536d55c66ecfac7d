import type { ColumnStorage } from '../copy-table/materialized-views.ts';
import type { Queryable } from '../postgres/session.ts';
import { ANCHOR_CTES, dependentsIn } from './anchors.ts';
import { LIGHT_FINGERPRINT_SQL } from './light-fingerprint.ts';
import { structureMarkSql } from './structure-mark.ts';

/** What of a materialized view is in none of the facts that it shares with a table. */
export interface ViewState {
  readonly populated: boolean;
  /**
   * Another after each REFRESH, CONCURRENTLY or not: both write the view's row of pg_class (SetMatViewPopulatedState()),
   * which VACUUM and ANALYZE overwrite in place.
   */
  readonly refreshMark: string;
  readonly storage: readonly ColumnStorage[];
}

/** Null when there is no such materialized view any more. */
export async function readViewState(client: Queryable, oid: number): Promise<ViewState | null> {
  const [row] = await client.query<{ populated: boolean; refresh_mark: string; storage: ColumnStorage[] }>(
    /* sql */ `
    SELECT c.relispopulated AS populated,
           pg_catalog.concat_ws(':', c.xmin, pg_catalog.pg_relation_filenode(c.oid)) AS refresh_mark,
           COALESCE((
             SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                      'column', a.attname,
                      'storage', CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END,
                      'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END) ORDER BY a.attnum)
             FROM pg_catalog.pg_attribute AS a
             JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
             WHERE a.attrelid = c.oid AND a.attnum > 0
               AND (a.attstorage <> t.typstorage OR a.attcompression <> '')), '[]') AS storage
    FROM pg_catalog.pg_class AS c
    WHERE c.oid = $1 AND c.relkind = 'm'`,
    [oid],
  );
  return row === undefined ? null : { populated: row.populated, refreshMark: row.refresh_mark, storage: row.storage };
}

/** Those of `views` that hold the table (it, its row type, its constraints) and are still there, by their OIDs. */
export async function viewsThatRead(client: Queryable, views: readonly number[], tableOid: number): Promise<number[]> {
  const rows = await client.query<{ oid: number }>(
    /* sql */ `
    WITH rel AS (
      SELECT c.oid, c.reltype, COALESCE(t.typarray, 0) AS typarray
      FROM pg_catalog.pg_class AS c
      LEFT JOIN pg_catalog.pg_type AS t ON t.oid = c.reltype
      WHERE c.oid = $2
    ), ${ANCHOR_CTES}
    SELECT v.oid
    FROM pg_catalog.pg_class AS v
    WHERE v.oid = ANY ($1::pg_catalog.oid[]) AND v.relkind = 'm'
      AND v.oid IN (SELECT r.ev_class FROM pg_catalog.pg_rewrite AS r WHERE r.oid IN ${dependentsIn('pg_rewrite')})
    ORDER BY v.oid`,
    [views, tableOid],
  );
  return rows.map((row) => row.oid);
}

/**
 * One md5 of all that may be changed on a materialized view while nobody holds it: structure, rights, what reads it, and
 * whether it was refreshed. One row, one column; `$1` is its OID. Compared under the exchange's lock with what was read
 * just before.
 */
export const VIEW_MARK_SQL = /* sql */ `
  SELECT pg_catalog.md5(pg_catalog.concat_ws('|',
    (SELECT pg_catalog.concat_ws(':', c.xmin, pg_catalog.pg_relation_filenode(c.oid)) FROM pg_catalog.pg_class AS c WHERE c.oid = $1),
    ${structureMarkSql('$1')},
    (${LIGHT_FINGERPRINT_SQL}))) AS mark`;

export async function readViewMark(client: Queryable, oid: number): Promise<string> {
  const [row] = await client.query<{ mark: string }>(VIEW_MARK_SQL, [oid]);
  return row?.mark ?? '';
}
