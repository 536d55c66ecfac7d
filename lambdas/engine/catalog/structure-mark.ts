import type { Queryable } from '../postgres/session.ts';
import { BOUND_CHECK } from './partition-facts.ts';

/**
 * One md5 of a table's columns, indexes and constraints, by their OIDs and numbers: cheap enough to be taken under the
 * exchange's lock. Foreign keys are left out (they are validated afterwards), sequences too (adopted afterwards).
 *
 * @param oid SQL expression of the table's OID
 */
export function structureMarkSql(oid: string): string {
  return /* sql */ `
  (SELECT pg_catalog.md5(pg_catalog.concat_ws('|',
    (SELECT c.relowner FROM pg_catalog.pg_class AS c WHERE c.oid = ${oid}),
    (SELECT pg_catalog.string_agg(
              pg_catalog.concat_ws(':', a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attisdropped,
                                   a.attidentity, a.attgenerated, a.attcollation, a.attstorage, a.attstattarget), ','
              ORDER BY a.attnum)
     FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = ${oid} AND a.attnum > 0),
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(':', d.adnum, pg_catalog.md5(d.adbin::pg_catalog.text)), ',' ORDER BY d.adnum)
     FROM pg_catalog.pg_attrdef AS d WHERE d.adrelid = ${oid}),
    (SELECT pg_catalog.string_agg(
              pg_catalog.concat_ws(':', x.indexrelid, x.indisvalid, x.indisclustered, x.indisreplident, i.relname), ',' ORDER BY x.indexrelid)
     FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid WHERE x.indrelid = ${oid}),
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(':', k.oid, k.conname, k.convalidated), ',' ORDER BY k.oid)
     FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = ${oid} AND k.contype <> 'f'
       AND NOT pg_catalog.starts_with(k.conname, '${BOUND_CHECK}')),
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(':', o.objsubid, o.description), ',' ORDER BY o.objsubid)
     FROM pg_catalog.pg_description AS o
     WHERE o.objoid = ${oid} AND o.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass))))`;
}

export async function readStructureMark(client: Queryable, oid: number): Promise<string> {
  const [row] = await client.query<{ mark: string }>(
    /* sql */ `SELECT ${structureMarkSql('$1::pg_catalog.oid')} AS mark`,
    [oid],
  );
  return row?.mark ?? '';
}
