import { dependentsIn } from './anchors.ts';

/** pg_publication_rel got column lists and row filters with PG 15. */
export const MAJOR_WITH_PUBLICATION_FILTERS = 150_000;

export const views = /* sql */ `
  SELECT jsonb_build_object(
           'oid', v.oid::pg_catalog.int8,
           'schema', vn.nspname,
           'name', v.relname,
           'owner', pg_get_userbyid(v.relowner),
           'columns', COALESCE((
             SELECT jsonb_agg(a.attname ORDER BY a.attnum)
             FROM pg_attribute AS a WHERE a.attrelid = v.oid AND a.attnum > 0), '[]'),
           'definition', pg_get_viewdef(v.oid),
           'options', COALESCE(to_jsonb(v.reloptions), '[]')) AS entry,
         ROW(vn.nspname, v.relname) AS sort_key
  FROM pg_class AS v
  JOIN pg_namespace AS vn ON vn.oid = v.relnamespace
  WHERE v.relkind = 'v' AND v.relpersistence <> 't'
    AND v.oid IN (SELECT r.ev_class FROM pg_rewrite AS r
                  WHERE r.rulename = '_RETURN' AND r.oid IN ${dependentsIn('pg_rewrite')})`;

/** There are no temporary ones. Not the one whose own facts these are: its query depends on itself. */
export const materializedViews = /* sql */ `
  SELECT jsonb_build_object(
           'oid', v.oid::pg_catalog.int8,
           'schema', vn.nspname,
           'name', v.relname,
           'owner', pg_get_userbyid(v.relowner),
           'definition', pg_get_viewdef(v.oid)) AS entry,
         ROW(vn.nspname, v.relname) AS sort_key
  FROM pg_class AS v
  JOIN pg_namespace AS vn ON vn.oid = v.relnamespace
  WHERE v.relkind = 'm' AND v.oid <> rel.oid
    AND v.oid IN (SELECT r.ev_class FROM pg_rewrite AS r WHERE r.oid IN ${dependentsIn('pg_rewrite')})`;

export const rules = /* sql */ `
  SELECT jsonb_build_object(
           'name', r.rulename,
           'bearer', jsonb_build_object('schema', bn.nspname, 'name', b.relname),
           'bearerOid', b.oid::pg_catalog.int8,
           'bearerKind', b.relkind,
           'bearerOwner', pg_get_userbyid(b.relowner),
           'own', b.oid = rel.oid,
           'definition', pg_get_ruledef(r.oid),
           'enabled', r.ev_enabled,
           'comment', obj_description(r.oid, 'pg_rewrite')) AS entry,
         ROW(bn.nspname, b.relname, r.rulename) AS sort_key
  FROM pg_rewrite AS r
  JOIN pg_class AS b ON b.oid = r.ev_class
  JOIN pg_namespace AS bn ON bn.oid = b.relnamespace
  WHERE r.rulename <> '_RETURN' AND b.relpersistence <> 't' AND r.oid IN ${dependentsIn('pg_rewrite')}`;

export const policies = /* sql */ `
  SELECT jsonb_build_object(
           'name', p.polname,
           'bearer', jsonb_build_object('schema', bn.nspname, 'name', b.relname),
           'bearerOid', b.oid::pg_catalog.int8,
           'bearerOwner', pg_get_userbyid(b.relowner),
           'own', b.oid = rel.oid,
           'command', p.polcmd,
           'permissive', p.polpermissive,
           'roles', (SELECT jsonb_agg(CASE role WHEN 0 THEN NULL ELSE pg_get_userbyid(role) END
                                      ORDER BY CASE role WHEN 0 THEN NULL ELSE pg_get_userbyid(role) END)
                     FROM unnest(p.polroles) AS role),
           'using', pg_get_expr(p.polqual, p.polrelid),
           'check', pg_get_expr(p.polwithcheck, p.polrelid),
           'comment', obj_description(p.oid, 'pg_policy')) AS entry,
         ROW(bn.nspname, b.relname, p.polname) AS sort_key
  FROM pg_policy AS p
  JOIN pg_class AS b ON b.oid = p.polrelid
  JOIN pg_namespace AS bn ON bn.oid = b.relnamespace
  WHERE b.relpersistence <> 't' AND p.oid IN ${dependentsIn('pg_policy')}`;

/** True of a pg_proc alias `p` whose signature has the row type of `rel`, or the array of it. */
const ofRowType = /* sql */ `(
  ARRAY[rel.reltype, rel.typarray]::pg_catalog.oid[]
    OPERATOR(pg_catalog.&&) (COALESCE(p.proallargtypes, p.proargtypes::pg_catalog.oid[]) || p.prorettype))`;

/**
 * True of a pg_proc alias `p` that follows. One with the row type in its signature is made anew, which is only possible
 * while nothing depends on it, and it is no extension's; nothing prints an aggregate's definition. DEPENDS ON EXTENSION (x)
 * would be forgotten by CREATE OR REPLACE as well.
 */
export const CARRIED_FUNCTION_CONDITION = /* sql */ `(
  p.prokind <> 'a'
  AND NOT EXISTS (SELECT FROM pg_depend AS member
                  WHERE member.classid = 'pg_proc'::regclass AND member.objid = p.oid
                    AND (member.deptype = 'x' OR member.deptype = 'e' AND ${ofRowType}))
  AND (NOT ${ofRowType}
    OR NOT EXISTS (SELECT FROM pg_depend AS user_of WHERE user_of.refclassid = 'pg_proc'::regclass AND user_of.refobjid = p.oid)
       AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) AS g WHERE g.grantor <> p.proowner)
       AND NOT EXISTS (SELECT FROM pg_seclabel AS l WHERE l.classoid = 'pg_proc'::regclass AND l.objoid = p.oid)))`;

export function functions(grants: string): string {
  return /* sql */ `
  SELECT jsonb_build_object(
           'oid', p.oid::pg_catalog.int8,
           'schema', pn.nspname,
           'name', p.proname,
           'signature', p.oid::regprocedure::pg_catalog.text,
           'owner', pg_get_userbyid(p.proowner),
           'definition', pg_get_functiondef(p.oid),
           'ofRowType', ${ofRowType},
           'grants', ${grants},
           'comment', obj_description(p.oid, 'pg_proc')) AS entry,
         p.oid::regprocedure::pg_catalog.text AS sort_key
  FROM pg_proc AS p
  JOIN pg_namespace AS pn ON pn.oid = p.pronamespace
  WHERE p.oid IN ${dependentsIn('pg_proc')} AND ${CARRIED_FUNCTION_CONDITION}`;
}

/** e, expressions, is not among the words of CREATE STATISTICS. */
export const statistics = /* sql */ `
  SELECT jsonb_build_object(
           'schema', sn.nspname,
           'name', s.stxname,
           'owner', pg_get_userbyid(s.stxowner),
           'kinds', COALESCE((
             SELECT jsonb_agg(word.kind ORDER BY word.kind)
             FROM unnest(s.stxkind) AS letter
             JOIN (VALUES ('d', 'ndistinct'), ('f', 'dependencies'), ('m', 'mcv')) AS word(letter, kind)
               ON word.letter = letter.letter::pg_catalog.text), '[]'),
           'columns', pg_get_statisticsobjdef_columns(s.oid),
           'target', NULLIF(s.stxstattarget, -1),
           'comment', obj_description(s.oid, 'pg_statistic_ext')) AS entry,
         ROW(sn.nspname, s.stxname) AS sort_key
  FROM pg_statistic_ext AS s
  JOIN pg_namespace AS sn ON sn.oid = s.stxnamespace
  WHERE s.stxrelid = rel.oid`;

export function publications(serverVersionNum: number): string {
  const details =
    serverVersionNum >= MAJOR_WITH_PUBLICATION_FILTERS
      ? /* sql */ `
           'columns', (SELECT jsonb_agg(a.attname ORDER BY a.attnum)
                       FROM pg_attribute AS a
                       WHERE a.attrelid = rel.oid AND a.attnum = ANY (pr.prattrs::pg_catalog.int2[])),
           'filter', pg_get_expr(pr.prqual, pr.prrelid)`
      : /* sql */ `'columns', NULL, 'filter', NULL`;
  return /* sql */ `
  SELECT jsonb_build_object(
           'name', pub.pubname,
           'owner', pg_get_userbyid(pub.pubowner),
           ${details}) AS entry,
         pub.pubname AS sort_key
  FROM pg_publication_rel AS pr
  JOIN pg_publication AS pub ON pub.oid = pr.prpubid
  WHERE pr.prrelid = rel.oid`;
}
