/**
 * The CTEs `anchor` and `held`, after a CTE `rel` with a table's oid, reltype and typarray (0 for none). An anchor
 * (classid, objid) is what others hold when they hold the table: the table, its row type and the array of it, its indexes
 * and constraints, and its identity sequences, which are other objects after the swap (a serial's stays the same). `held`
 * is what depends on one, in the columns of pg_depend. Materialized: planning them once more in each section took longer
 * than running them.
 */
export const ANCHOR_CTES = /* sql */ `
  anchor AS MATERIALIZED (
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS classid, rel.oid AS objid FROM rel
    UNION ALL SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid
      FROM rel CROSS JOIN LATERAL (VALUES (rel.reltype), (rel.typarray)) AS t(oid) WHERE t.oid <> 0
    UNION ALL SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, x.indexrelid
      FROM rel JOIN pg_catalog.pg_index AS x ON x.indrelid = rel.oid
    UNION ALL SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid
      FROM rel JOIN pg_catalog.pg_constraint AS k ON k.conrelid = rel.oid
    UNION ALL SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, s.objid
      FROM rel
      JOIN pg_catalog.pg_depend AS s ON s.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND s.refobjid = rel.oid
      WHERE s.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND s.refobjsubid > 0 AND s.deptype = 'i'
  ),
  held AS MATERIALIZED (
    SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    FROM anchor
    JOIN pg_catalog.pg_depend AS d ON d.refclassid = anchor.classid AND d.refobjid = anchor.objid
  )`;

/** Subquery of OIDs: objects of the catalog `catalog` that depend on one of the anchors, each once. */
export function dependentsIn(catalog: 'pg_rewrite' | 'pg_policy' | 'pg_proc'): string {
  return /* sql */ `(
    SELECT DISTINCT h.objid FROM held AS h WHERE h.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass)`;
}
