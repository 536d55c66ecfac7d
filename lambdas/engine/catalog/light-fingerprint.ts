import type { Queryable } from '../postgres/session.ts';
import { ANCHOR_CTES, dependentsIn } from './anchors.ts';

/**
 * One md5 over what can change while we hold SHARE UPDATE EXCLUSIVE or ACCESS EXCLUSIVE on a table, because the command
 * takes no such lock on it (I-10): GRANT and ownership, a new dependent of the table, of its row type or of its columns,
 * ALTER SEQUENCE, on its indexes comments, options and renaming, and whatever makes a dependent another one: views, rules,
 * policies, functions, statistics objects, memberships of publications, as whole rows of their catalogs. `$1` is the table's OID; one row, one column of text. Inside
 * plpgsql: `EXECUTE <quoted> INTO before USING oid`.
 *
 * It is compared with itself, read moments before: ours (capture triggers) are in it on both sides. Index scans of system
 * catalogs only: under a millisecond once planned.
 */
export const LIGHT_FINGERPRINT_SQL = /* sql */ `
  WITH rel AS (
    SELECT c.oid, c.relacl, c.relowner, c.relname, c.relnamespace, c.reltype, COALESCE(t.typarray, 0) AS typarray
    FROM pg_catalog.pg_class AS c
    LEFT JOIN pg_catalog.pg_type AS t ON t.oid = c.reltype
    WHERE c.oid = $1::pg_catalog.oid
  ), ${ANCHOR_CTES}
  SELECT pg_catalog.md5(pg_catalog.concat_ws('|',
    (SELECT pg_catalog.concat_ws(',', rel.relname, rel.relnamespace, rel.relowner, rel.relacl) FROM rel),
    (SELECT pg_catalog.string_agg(a.attnum || ':' || a.attacl::pg_catalog.text, ',' ORDER BY a.attnum)
     FROM pg_catalog.pg_attribute AS a
     WHERE a.attrelid = $1::pg_catalog.oid AND a.attacl IS NOT NULL),
    (SELECT pg_catalog.string_agg(
              pg_catalog.concat_ws(':', d.classid, d.objid, d.objsubid, d.refobjid, d.refobjsubid, d.deptype), ','
              ORDER BY d.classid, d.objid, d.objsubid, d.refobjid, d.refobjsubid, d.deptype)
     FROM held AS d),
    (SELECT pg_catalog.string_agg(
              pg_catalog.concat_ws(':', s.oid, s.relname, s.relpersistence, s.relacl, d.deptype, q.seqtypid, q.seqstart, q.seqincrement,
                                   q.seqmin, q.seqmax, q.seqcache, q.seqcycle,
                                   pg_catalog.obj_description(s.oid, 'pg_class')), ',' ORDER BY s.oid)
     FROM pg_catalog.pg_depend AS d
     JOIN pg_catalog.pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
     JOIN pg_catalog.pg_sequence AS q ON q.seqrelid = s.oid
     WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
       AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
       AND d.refobjid = $1::pg_catalog.oid AND d.deptype IN ('a', 'i')),
    (SELECT pg_catalog.string_agg(
              pg_catalog.concat_ws(':', i.oid, i.relname, i.reltablespace, i.reloptions,
                                   pg_catalog.obj_description(i.oid, 'pg_class')), ',' ORDER BY i.oid)
     FROM pg_catalog.pg_index AS x
     JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
     WHERE x.indrelid = $1::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(
              pg_catalog.md5(pg_catalog.concat_ws('|', r, b.relname, b.relnamespace, b.relowner, b.reloptions)), ','
              ORDER BY r.oid)
     FROM ${dependentsIn('pg_rewrite')} AS d
     JOIN pg_catalog.pg_rewrite AS r ON r.oid = d.objid
     JOIN pg_catalog.pg_class AS b ON b.oid = r.ev_class),
    (SELECT pg_catalog.string_agg(
              pg_catalog.md5(pg_catalog.concat_ws('|', p, b.relname, b.relnamespace, pg_catalog.obj_description(p.oid, 'pg_policy'))), ','
              ORDER BY p.oid)
     FROM ${dependentsIn('pg_policy')} AS d
     JOIN pg_catalog.pg_policy AS p ON p.oid = d.objid
     JOIN pg_catalog.pg_class AS b ON b.oid = p.polrelid),
    (SELECT pg_catalog.string_agg(
              pg_catalog.md5(pg_catalog.concat_ws('|', p, pg_catalog.obj_description(p.oid, 'pg_proc'))), ',' ORDER BY p.oid)
     FROM ${dependentsIn('pg_proc')} AS d
     JOIN pg_catalog.pg_proc AS p ON p.oid = d.objid),
    (SELECT pg_catalog.string_agg(
              pg_catalog.md5(pg_catalog.concat_ws('|', s, pg_catalog.obj_description(s.oid, 'pg_statistic_ext'))), ',' ORDER BY s.oid)
     FROM pg_catalog.pg_statistic_ext AS s WHERE s.stxrelid = $1::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.md5(pg_catalog.concat_ws('|', pr, pub.pubname)), ',' ORDER BY pr.oid)
     FROM pg_catalog.pg_publication_rel AS pr
     JOIN pg_catalog.pg_publication AS pub ON pub.oid = pr.prpubid
     WHERE pr.prrelid = $1::pg_catalog.oid),
    (SELECT pg_catalog.count(*) FROM pg_catalog.pg_publication AS p WHERE p.puballtables)
  )) AS light_fingerprint`;

/** The md5 of LIGHT_FINGERPRINT_SQL, to be compared with the one read under the swap's lock. */
export async function readLightFingerprint(client: Queryable, oid: number): Promise<string> {
  const [row] = await client.query<{ light_fingerprint: string }>(LIGHT_FINGERPRINT_SQL, [oid]);
  return row?.light_fingerprint ?? '';
}
