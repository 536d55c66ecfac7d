import { ANCHOR_CTES } from './anchors.ts';
import { functions, materializedViews, policies, publications, rules, statistics, views } from './dependents-sql.ts';
import { INHERITANCE_SQL } from './inheritance-sql.ts';
import { OTHERS_SQL, OWN_TRIGGER_CONDITION } from './others-sql.ts';
import { BOUND_CHECK } from './partition-facts.ts';
import { PARTITION_SQL } from './partition-sql.ts';

/** jsonb array of what the subquery `rows` (one column named `entry`) gives, in the order of `orderBy`. */
function list(rows: string): string {
  return /* sql */ `COALESCE((SELECT jsonb_agg(entry ORDER BY sort_key) FROM (${rows}) AS listed), '[]')`;
}

function grantEntries(acl: string, column: string): string {
  return /* sql */ `
    SELECT jsonb_build_object(
             'grantee', CASE g.grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(g.grantee) END,
             'grantor', pg_get_userbyid(g.grantor),
             'privilege', g.privilege_type,
             'grantable', g.is_grantable,
             'column', ${column}) AS entry,
           ROW(${column}, CASE g.grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(g.grantee) END,
               pg_get_userbyid(g.grantor), g.privilege_type) AS sort_key
    FROM aclexplode(${acl}) AS g`;
}

const columns = /* sql */ `
  SELECT jsonb_build_object(
           'name', a.attname,
           'typeSql', format_type(a.atttypid, a.atttypmod),
           'notNull', a.attnotnull,
           'expression', pg_get_expr(d.adbin, d.adrelid),
           'generated', CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END,
           'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
           -- NULL stands for the default from PG 17 on, −1 before.
           'statisticsTarget', NULLIF(a.attstattarget, -1),
           'options', COALESCE(to_jsonb(a.attoptions), '[]'),
           'local', a.attislocal,
           'comment', col_description(rel.oid, a.attnum)) AS entry,
         a.attnum AS sort_key
  FROM pg_attribute AS a
  LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped`;

/** What the copy gets through LIKE, so that nothing but the fingerprint asks for it. */
const columnDetails = /* sql */ `
  SELECT jsonb_build_object(
           'number', a.attnum,
           'type', a.atttypid::pg_catalog.int8,
           'collation', a.attcollation::pg_catalog.int8,
           'storage', a.attstorage,
           'compression', a.attcompression) AS entry,
         a.attnum AS sort_key
  FROM pg_attribute AS a
  WHERE a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped`;

/**
 * The primary key, or else the unique index with the fewest, then the narrowest columns. A NOT NULL that is itself NOT
 * VALID (PG 18+) promises nothing. The operators are those of the index's operator class (strategies 1 and 3 of a
 * btree), in their schema: under a pinned search_path an extension's `=` is not found otherwise.
 */
const key = /* sql */ `
  SELECT jsonb_build_object(
           'indexName', chosen.relname,
           'isPrimary', chosen.indisprimary,
           'columns', (
             SELECT jsonb_agg(jsonb_build_object(
                      'name', a.attname,
                      'typeSql', format_type(a.atttypid, a.atttypmod),
                      'collationSql', (SELECT quote_ident(n.nspname) || '.' || quote_ident(co.collname)
                                       FROM pg_collation AS co JOIN pg_namespace AS n ON n.oid = co.collnamespace
                                       WHERE co.oid = chosen.indcollation[k.place - 1]),
                      'equalsOperator', operators.equals,
                      'lessOperator', operators.less,
                      'operatorClassSql', quote_ident(ocn.nspname) || '.' || quote_ident(oc.opcname))
                    ORDER BY k.place)
             FROM unnest(chosen.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k(attnum, place)
             JOIN pg_attribute AS a ON a.attrelid = rel.oid AND a.attnum = k.attnum
             JOIN pg_opclass AS oc ON oc.oid = chosen.indclass[k.place - 1]
             JOIN pg_namespace AS ocn ON ocn.oid = oc.opcnamespace
             CROSS JOIN LATERAL (
               SELECT max(o.sql) FILTER (WHERE o.strategy = 3) AS equals,
                      max(o.sql) FILTER (WHERE o.strategy = 1) AS less
               FROM (
                 SELECT ao.amopstrategy AS strategy,
                        'OPERATOR(' || quote_ident(opn.nspname) || '.' || op.oprname || ')' AS sql
                 FROM pg_amop AS ao
                 JOIN pg_operator AS op ON op.oid = ao.amopopr
                 JOIN pg_namespace AS opn ON opn.oid = op.oprnamespace
                 WHERE ao.amopfamily = oc.opcfamily
                   AND ao.amoplefttype = oc.opcintype
                   AND ao.amoprighttype = oc.opcintype
               ) AS o
             ) AS operators
             WHERE k.place <= chosen.indnkeyatts))
  FROM (
    SELECT x.*, i.relname,
           (SELECT sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE 1000 END)
            FROM pg_attribute AS a
            WHERE a.attrelid = rel.oid AND a.attnum = ANY (x.indkey[0:x.indnkeyatts - 1])) AS width
    FROM pg_index AS x
    JOIN pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_am AS am ON am.oid = i.relam AND am.amname = 'btree'
    WHERE x.indrelid = rel.oid
      AND x.indisunique AND x.indimmediate AND x.indisvalid AND x.indisready AND x.indislive
      AND x.indpred IS NULL AND x.indexprs IS NULL
      AND NOT EXISTS (
        SELECT FROM unnest((x.indkey::pg_catalog.int2[])[0:x.indnkeyatts - 1]) AS k(attnum)
        WHERE NOT EXISTS (
          SELECT FROM pg_attribute AS a
          WHERE a.attrelid = rel.oid AND a.attnum = k.attnum AND a.attnotnull
            AND NOT EXISTS (
              SELECT FROM pg_constraint AS nn
              WHERE nn.conrelid = rel.oid AND nn.contype = 'n' AND nn.conkey = ARRAY[k.attnum] AND NOT nn.convalidated)))
  ) AS chosen
  ORDER BY chosen.indisprimary DESC, chosen.indnkeyatts, chosen.width, chosen.relname
  LIMIT 1`;

const indexes = /* sql */ `
  SELECT jsonb_build_object(
           'name', i.relname,
           'definition', pg_get_indexdef(x.indexrelid),
           'unique', x.indisunique,
           'valid', x.indisvalid AND x.indisready AND x.indislive,
           'accessMethod', am.amname,
           'tablespace', (SELECT ts.spcname FROM pg_tablespace AS ts WHERE ts.oid = i.reltablespace),
           'options', COALESCE(to_jsonb(i.reloptions), '[]'),
           'predicate', pg_get_expr(x.indpred, x.indrelid),
           'clusteredOn', x.indisclustered,
           'replicaIdentity', x.indisreplident,
           'statisticsTargets', COALESCE((
             SELECT jsonb_agg(jsonb_build_array(a.attnum, a.attstattarget) ORDER BY a.attnum)
             FROM pg_attribute AS a
             WHERE a.attrelid = x.indexrelid AND a.attnum > 0 AND NULLIF(a.attstattarget, -1) IS NOT NULL), '[]'),
           'comment', obj_description(x.indexrelid, 'pg_class'),
           'constraintName', (SELECT k.conname FROM pg_constraint AS k
                              WHERE k.conindid = x.indexrelid AND k.conrelid = rel.oid AND k.contype IN ('p', 'u', 'x')),
           'bytes', pg_relation_size(x.indexrelid)) AS entry,
         i.relname AS sort_key
  FROM pg_index AS x
  JOIN pg_class AS i ON i.oid = x.indexrelid
  JOIN pg_am AS am ON am.oid = i.relam
  WHERE x.indrelid = rel.oid`;

/** conenforced came with PG 18; read through jsonb it is simply missing before. */
const enforced = /* sql */ `COALESCE((to_jsonb(k) ->> 'conenforced')::pg_catalog.bool, true)`;

const constraints = /* sql */ `
  SELECT jsonb_build_object(
           'name', k.conname,
           'type', CASE k.contype WHEN 'c' THEN 'check' WHEN 'n' THEN 'not null' WHEN 'p' THEN 'primary key'
                                  WHEN 'u' THEN 'unique' ELSE 'exclusion' END,
           'definition', pg_get_constraintdef(k.oid),
           'deferrable', k.condeferrable,
           'deferred', k.condeferred,
           'validated', k.convalidated,
           'enforced', ${enforced},
           'local', k.conislocal,
           'inherited', k.coninhcount > 0,
           'column', CASE k.contype WHEN 'n' THEN (SELECT a.attname FROM pg_attribute AS a
                                                   WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1]) END,
           'noInherit', k.connoinherit,
           'indexName', (SELECT i.relname FROM pg_class AS i WHERE i.oid = k.conindid),
           'comment', obj_description(k.oid, 'pg_constraint')) AS entry,
         k.conname AS sort_key
  FROM pg_constraint AS k
  WHERE k.conrelid = rel.oid AND k.contype IN ('c', 'n', 'p', 'u', 'x') AND NOT starts_with(k.conname, '${BOUND_CHECK}')`;

/**
 * The foreign keys of `rel`, out and in, by their place among those that act: their triggers fire in the order of their names,
 * whose end is the OID that they have got. Once for all of them: no index leads to the keys that come in.
 */
const ACTING_KEYS = /* sql */ `acting_key AS MATERIALIZED (
    SELECT k.oid, row_number() OVER (
             ORDER BY COALESCE((SELECT min(t.tgname::pg_catalog.text COLLATE "C") FROM pg_trigger AS t
                                WHERE t.tgconstraint = k.oid), ''), k.oid) - 1 AS place
    FROM pg_constraint AS k, rel
    WHERE k.contype = 'f' AND k.conparentid = 0 AND rel.oid IN (k.conrelid, k.confrelid)
  )`;

/** Children of a partitioned table's foreign key (conparentid) come and go with it. */
function foreignKeys(direction: 'out' | 'in'): string {
  const partner = direction === 'out' ? 'k.confrelid' : 'k.conrelid';
  const condition = direction === 'out' ? 'k.conrelid = rel.oid' : 'k.confrelid = rel.oid AND k.conrelid <> rel.oid';
  return /* sql */ `
  SELECT jsonb_build_object(
           'name', k.conname,
           'table', jsonb_build_object('schema', bearer_schema.nspname, 'name', bearer.relname),
           'partner', jsonb_build_object('schema', partner_schema.nspname, 'name', partner.relname),
           'partnerOid', partner.oid::pg_catalog.int8,
           'partnerKind', partner.relkind,
           -- The suffix that PostgreSQL writes last, and nothing else, is taken off.
           'definition', CASE WHEN NOT k.convalidated AND def LIKE '% NOT VALID'
                              THEN left(def, -length(' NOT VALID')) ELSE def END,
           'validated', k.convalidated,
           'enforced', ${enforced},
           'place', acting_key.place,
           'comment', obj_description(k.oid, 'pg_constraint')) AS entry,
         ROW(bearer_schema.nspname, bearer.relname, k.conname) AS sort_key
  FROM acting_key
  JOIN pg_constraint AS k ON k.oid = acting_key.oid
  JOIN pg_class AS bearer ON bearer.oid = k.conrelid
  JOIN pg_namespace AS bearer_schema ON bearer_schema.oid = bearer.relnamespace
  JOIN pg_class AS partner ON partner.oid = ${partner}
  JOIN pg_namespace AS partner_schema ON partner_schema.oid = partner.relnamespace
  CROSS JOIN LATERAL pg_get_constraintdef(k.oid) AS def
  WHERE ${condition}`;
}

const triggers = /* sql */ `
  SELECT jsonb_build_object(
           'name', t.tgname,
           'definition', pg_get_triggerdef(t.oid),
           'enabled', t.tgenabled,
           'comment', obj_description(t.oid, 'pg_trigger')) AS entry,
         t.tgname AS sort_key
  FROM pg_trigger AS t
  WHERE t.tgrelid = rel.oid AND NOT t.tgisinternal AND t.tgparentid = 0 AND NOT ${OWN_TRIGGER_CONDITION}`;

const sequences = /* sql */ `
  SELECT jsonb_build_object(
           'oid', s.oid::pg_catalog.int8,
           'schema', n.nspname,
           'name', s.relname,
           'column', a.attname,
           'kind', CASE d.deptype WHEN 'i' THEN 'identity' ELSE 'serial' END,
           'persistence', s.relpersistence,
           'typeSql', format_type(q.seqtypid, NULL),
           'start', q.seqstart::pg_catalog.text,
           'increment', q.seqincrement::pg_catalog.text,
           'minimum', q.seqmin::pg_catalog.text,
           'maximum', q.seqmax::pg_catalog.text,
           'cache', q.seqcache::pg_catalog.text,
           'cycle', q.seqcycle,
           'comment', obj_description(s.oid, 'pg_class'),
           'defaultGrants', s.relacl IS NULL,
           'grants', ${list(grantEntries("COALESCE(s.relacl, acldefault('s', s.relowner))", 'NULL::pg_catalog.name'))}) AS entry,
         ROW(a.attnum, n.nspname, s.relname) AS sort_key
  FROM pg_depend AS d
  JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
  JOIN pg_namespace AS n ON n.oid = s.relnamespace
  JOIN pg_sequence AS q ON q.seqrelid = s.oid
  JOIN pg_attribute AS a ON a.attrelid = rel.oid AND a.attnum = d.refobjsubid
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
    AND d.refobjid = rel.oid AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')`;

/** The parameter that says whose facts are read. Not $1: see `queryPrepared`. Planning takes far longer than running here. */
export const FACTS_OF = 'shadowstep.facts_of';

const TABLE_OID = /* sql */ `current_setting('${FACTS_OF}')::pg_catalog.oid`;

/**
 * The one statement behind `readTableFacts`. What differs between PG 14 and 18 is `enforced`
 * above and the publications.
 */
export function tableFactsSql(serverVersionNum: number): string {
  return /* sql */ `
  WITH rel AS (
    SELECT c.*, n.nspname, COALESCE(rowtype.typarray, 0) AS typarray
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_type AS rowtype ON rowtype.oid = c.reltype
    WHERE c.oid = ${TABLE_OID}
  ), ${ACTING_KEYS}, ${ANCHOR_CTES}
  SELECT jsonb_build_object(
    'oid', rel.oid::pg_catalog.int8,
    'schema', rel.nspname,
    'name', rel.relname,
    'owner', pg_get_userbyid(rel.relowner),
    'kind', rel.relkind,
    'persistence', rel.relpersistence,
    'accessMethod', COALESCE((SELECT am.amname FROM pg_am AS am WHERE am.oid = rel.relam), ''),
    'tablespace', (SELECT ts.spcname FROM pg_tablespace AS ts WHERE ts.oid = rel.reltablespace),
    'options', COALESCE(to_jsonb(rel.reloptions), '[]'),
    'toastOptions', COALESCE((SELECT to_jsonb(toast.reloptions) FROM pg_class AS toast
                              WHERE toast.oid = rel.reltoastrelid AND toast.reloptions IS NOT NULL), '[]'),
    'rowSecurity', rel.relrowsecurity,
    'forceRowSecurity', rel.relforcerowsecurity,
    'replicaIdentity', rel.relreplident,
    'comment', obj_description(rel.oid, 'pg_class'),
    'defaultGrants', rel.relacl IS NULL,
    'grants', ${list(`
      ${grantEntries("COALESCE(rel.relacl, acldefault('r', rel.relowner))", 'NULL::pg_catalog.name')}
      UNION ALL
      SELECT cg.entry, cg.sort_key
      FROM pg_attribute AS a
      CROSS JOIN LATERAL (${grantEntries('a.attacl', 'a.attname')}) AS cg
      WHERE a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped`)},
    'columns', ${list(columns)},
    'key', (${key}),
    'indexes', ${list(indexes)},
    'constraints', ${list(constraints)},
    'foreignKeysOut', ${list(foreignKeys('out'))},
    'foreignKeysIn', ${list(foreignKeys('in'))},
    'triggers', ${list(triggers)},
    'sequences', ${list(sequences)},
    'views', ${list(views)},
    'materializedViews', ${list(materializedViews)},
    'rules', ${list(rules)},
    'policies', ${list(policies)},
    'functions', ${list(functions(list(grantEntries("COALESCE(p.proacl, acldefault('f', p.proowner))", 'NULL::pg_catalog.name'))))},
    'statistics', ${list(statistics)},
    'publications', ${list(publications(serverVersionNum))},
    'partition', (${PARTITION_SQL}),
    'inheritance', ${INHERITANCE_SQL},
    'others', COALESCE((
      SELECT jsonb_agg(jsonb_build_object('kind', o.kind, 'identity', o.identity)
                       ORDER BY o.kind COLLATE "C", o.identity COLLATE "C")
      FROM (${OTHERS_SQL}) AS o), '[]')) AS facts,
    ${list(columnDetails)} AS column_details
  FROM rel`;
}
