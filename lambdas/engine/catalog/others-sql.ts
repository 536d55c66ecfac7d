import { TRIGGER_PREFIX } from '../object-names.ts';
import { CARRIED_FUNCTION_CONDITION } from './dependents-sql.ts';

/** Capture triggers are ours: prefix and a function in a run's schema; a person's trigger has only one of the two. */
export const OWN_TRIGGER_CONDITION = /* sql */ `(
  t.tgname LIKE '${TRIGGER_PREFIX.replaceAll('_', '\\_')}%'
  AND EXISTS (
    SELECT FROM pg_proc AS p
    JOIN pg_namespace AS pn ON pn.oid = p.pronamespace
    WHERE p.oid = t.tgfoid AND pn.nspname LIKE 'shadowstep\\_%'
  ))`;

/**
 * Lateral subquery of one row when the text of a definition has a regclass constant of the table itself, of one of its
 * indexes or of an identity's sequence, and of none otherwise: all that is another object after the swap. Beside a column,
 * pg_depend drops the table itself as redundant, so only the text tells; a constant is printed there as its name, in quotes
 * that are doubled and nothing else escaped. OFFSET 0 has each definition printed once, and not for each of the anchors: of
 * 200 partial indexes that took three seconds.
 */
function holdingItself(definition: string): string {
  return /* sql */ `(
      SELECT FROM (SELECT ${definition} AS text OFFSET 0) AS definition
      WHERE definition.text LIKE '%::regclass%' AND EXISTS (
        SELECT FROM anchor
        WHERE anchor.classid = 'pg_class'::regclass
          AND position('''' || replace(anchor.objid::regclass::text, '''', '''''') || '''::regclass' IN definition.text) > 0))`;
}

/**
 * Subquery that lists, as (kind, identity), whatever hangs on the table of the CTE `rel` (with `anchor` and `held`,
 * anchors.ts) and is carried by none of the other sections (dependents-sql.ts among them). It starts from everything in pg_depend and takes away what is handled, so that a kind nobody thought
 * of is refused instead of lost; to it come the links that pg_depend does not know.
 *
 * An own default, generated column, CHECK or index that holds the table itself as a regclass constant, or its row type,
 * counts as other: made on the copy it would point to the old table for good. A constant of another table means the same
 * on the copy. A publication of the whole schema is none of them: it publishes what stands in the schema at
 * each change, which is the source before the swap and the new table after it, and ours never.
 */
export const OTHERS_SQL = /* sql */ `
  SELECT kind, identity FROM (
    SELECT i.type AS kind, i.identity
    FROM (
      SELECT DISTINCT
        -- A view depends through its rule; what a person knows is the view.
        CASE WHEN view.oid IS NULL THEN d.classid ELSE 'pg_class'::regclass END AS classid,
        COALESCE(view.oid, d.objid) AS objid,
        d.objsubid
      FROM rel
      CROSS JOIN held AS d
      CROSS JOIN LATERAL (
        SELECT d.refclassid = 'pg_class'::regclass AND d.refobjid = rel.oid AS on_table,
               d.refclassid = 'pg_type'::regclass AS on_type
      ) AS ref
      CROSS JOIN LATERAL (
        SELECT CASE d.classid WHEN 'pg_rewrite'::regclass THEN (
          SELECT v.oid FROM pg_rewrite AS r JOIN pg_class AS v ON v.oid = r.ev_class
          WHERE r.oid = d.objid AND v.relkind IN ('v', 'm')) END AS oid
        OFFSET 0
      ) AS view
      -- A subquery for each catalog, and not a join with all of them, which took three times as long to plan as to run.
      WHERE NOT COALESCE(
        CASE d.classid
          WHEN 'pg_class'::regclass THEN
            d.objid = rel.reltoastrelid
            -- A generated column on the columns it is made of.
            OR (d.objid = rel.oid AND ref.on_table AND d.refobjsubid <> 0)
            OR (NOT ref.on_type
                AND EXISTS (SELECT FROM pg_index AS x WHERE x.indexrelid = d.objid AND x.indrelid = rel.oid))
            OR (ref.on_table AND d.deptype IN ('a', 'i')
                AND EXISTS (SELECT FROM pg_class AS c WHERE c.oid = d.objid AND c.relkind = 'S'))
          WHEN 'pg_type'::regclass THEN d.objid IN (rel.reltype, rel.typarray)
          WHEN 'pg_attrdef'::regclass THEN
            ref.on_table AND d.refobjsubid <> 0
            AND EXISTS (SELECT FROM pg_attrdef AS a WHERE a.oid = d.objid AND a.adrelid = rel.oid)
          WHEN 'pg_constraint'::regclass THEN (
            SELECT (k.contype = 'f' AND rel.oid IN (k.conrelid, k.confrelid))
              OR (k.contype IN ('p', 'u', 'x', 'n', 't') AND k.conrelid = rel.oid)
              OR (k.contype = 'c' AND k.conrelid = rel.oid AND ref.on_table)
            FROM pg_constraint AS k WHERE k.oid = d.objid)
          WHEN 'pg_trigger'::regclass THEN (
            SELECT t.tgrelid = rel.oid OR t.tgisinternal FROM pg_trigger AS t WHERE t.oid = d.objid)
          -- What is temporary is another session's, out of everybody else's reach.
          WHEN 'pg_rewrite'::regclass THEN (
            SELECT bearer.relpersistence <> 't' AND (bearer.relkind IN ('v', 'm') OR r.rulename <> '_RETURN')
            FROM pg_rewrite AS r JOIN pg_class AS bearer ON bearer.oid = r.ev_class
            WHERE r.oid = d.objid)
          WHEN 'pg_policy'::regclass THEN (
            SELECT bearer.relpersistence <> 't'
            FROM pg_policy AS pol JOIN pg_class AS bearer ON bearer.oid = pol.polrelid
            WHERE pol.oid = d.objid)
          WHEN 'pg_proc'::regclass THEN (SELECT ${CARRIED_FUNCTION_CONDITION} FROM pg_proc AS p WHERE p.oid = d.objid)
          WHEN 'pg_statistic_ext'::regclass THEN
            ref.on_table
            AND EXISTS (SELECT FROM pg_statistic_ext AS st WHERE st.oid = d.objid AND st.stxrelid = rel.oid)
          WHEN 'pg_publication_rel'::regclass THEN
            EXISTS (SELECT FROM pg_publication_rel AS pr WHERE pr.oid = d.objid AND pr.prrelid = rel.oid)
          ELSE false
        END, false)
    ) AS dependent
    CROSS JOIN LATERAL pg_identify_object(dependent.classid, dependent.objid, dependent.objsubid) AS i
    UNION ALL
    SELECT 'index with a regclass constant', i.identity
    FROM rel
    JOIN pg_index AS x ON x.indrelid = rel.oid
    CROSS JOIN LATERAL pg_identify_object('pg_class'::regclass, x.indexrelid, 0) AS i
    CROSS JOIN LATERAL ${holdingItself('pg_get_indexdef(x.indexrelid)')} AS itself
    WHERE x.indexprs IS NOT NULL OR x.indpred IS NOT NULL
    UNION ALL
    SELECT 'CHECK with a regclass constant', i.identity
    FROM rel
    JOIN pg_constraint AS k ON k.conrelid = rel.oid AND k.contype = 'c'
    CROSS JOIN LATERAL pg_identify_object('pg_constraint'::regclass, k.oid, 0) AS i
    CROSS JOIN LATERAL ${holdingItself('pg_get_constraintdef(k.oid)')} AS itself
    UNION ALL
    SELECT 'generated column with a regclass constant', i.identity
    FROM rel
    JOIN pg_attrdef AS d ON d.adrelid = rel.oid
    JOIN pg_attribute AS a ON a.attrelid = rel.oid AND a.attnum = d.adnum AND a.attgenerated <> ''
    CROSS JOIN LATERAL pg_identify_object('pg_class'::regclass, rel.oid, a.attnum) AS i
    CROSS JOIN LATERAL ${holdingItself('pg_get_expr(d.adbin, d.adrelid)')} AS itself
    UNION ALL
    SELECT 'inheritance parent', i.identity
    FROM rel
    JOIN pg_inherits AS h ON h.inhrelid = rel.oid
    CROSS JOIN LATERAL pg_identify_object('pg_class'::regclass, h.inhparent, 0) AS i
    UNION ALL
    SELECT 'type of a typed table', format_type(rel.reloftype, NULL) FROM rel WHERE rel.reloftype <> 0
    UNION ALL
    -- e: member of it; x: an index or trigger that is marked DEPENDS ON EXTENSION.
    SELECT 'extension', quote_ident(e.extname)
    FROM rel
    JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.deptype IN ('e', 'x')
      AND ((d.classid = 'pg_class'::regclass
            AND (d.objid = rel.oid OR d.objid IN (SELECT x.indexrelid FROM pg_index AS x WHERE x.indrelid = rel.oid)))
        OR (d.classid = 'pg_trigger'::regclass
            AND d.objid IN (SELECT t.oid FROM pg_trigger AS t WHERE t.tgrelid = rel.oid)))
    JOIN pg_extension AS e ON e.oid = d.refobjid
    UNION ALL
    SELECT 'security label', i.identity || ' (' || l.provider || ')'
    FROM rel
    JOIN pg_seclabel AS l ON l.classoid = 'pg_class'::regclass AND l.objoid = rel.oid
    CROSS JOIN LATERAL pg_identify_object(l.classoid, l.objoid, l.objsubid) AS i
    UNION ALL
    -- The subscription's state is kept by OID: the new table would receive nothing.
    SELECT 'subscription', quote_ident(s.subname)
    FROM rel
    JOIN pg_subscription_rel AS sr ON sr.srrelid = rel.oid
    JOIN pg_subscription AS s ON s.oid = sr.srsubid
    UNION ALL
    SELECT 'publication for all tables', quote_ident(p.pubname) FROM rel, pg_publication AS p WHERE p.puballtables
    UNION ALL
    -- ALTER TABLE … DISABLE TRIGGER ALL reaches the triggers behind foreign keys; a new key's are enabled.
    SELECT 'foreign key with disabled triggers', i.identity
    FROM rel
    JOIN pg_constraint AS k ON k.contype = 'f' AND rel.oid IN (k.conrelid, k.confrelid)
    CROSS JOIN LATERAL pg_identify_object('pg_constraint'::regclass, k.oid, 0) AS i
    WHERE EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgconstraint = k.oid AND t.tgisinternal AND t.tgenabled <> 'O')
    UNION ALL
    -- Only the grantor can grant it again.
    SELECT 'grant by another role', format('%s to %s by %I', g.privilege_type,
             CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
             pg_get_userbyid(g.grantor))
    FROM rel
    CROSS JOIN LATERAL (
      SELECT c.relacl AS acl FROM pg_class AS c
      WHERE c.oid = rel.oid OR c.oid IN (
        SELECT s.objid FROM pg_depend AS s
        WHERE s.classid = 'pg_class'::regclass AND s.refclassid = 'pg_class'::regclass
          AND s.refobjid = rel.oid AND s.refobjsubid > 0 AND s.deptype = 'i')
      UNION ALL
      SELECT a.attacl FROM pg_attribute AS a WHERE a.attrelid = rel.oid AND NOT a.attisdropped
    ) AS acls
    CROSS JOIN LATERAL aclexplode(acls.acl) AS g
    WHERE g.grantor <> rel.relowner
    UNION ALL
    SELECT 'privileges or comment of the row type', format_type(t.oid, NULL)
    FROM rel
    JOIN pg_type AS t ON t.oid IN (rel.reltype, rel.typarray)
    WHERE t.typacl IS NOT NULL OR obj_description(t.oid, 'pg_type') IS NOT NULL
  ) AS found
  GROUP BY kind, identity`;
