import { fact, grantLines, grants, qualifiedName, type Section, shown } from './section.ts';

/** Tables, views and their like; what hangs on them is in hangers.ts. */
const relations: Section = {
  kind: 'relation',
  sql: /* sql */ `
    SELECT ${qualifiedName('n', 'c.relname')} AS identity,
           ARRAY[
             ${fact(
               'kind',
               `CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                  WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE c.relkind::text END`,
             )},
             ${fact('owner', 'pg_get_userbyid(c.relowner)')},
             ${fact('persistence', 'c.relpersistence')},
             ${fact('access method', 'am.amname')},
             ${fact('tablespace', `CASE WHEN c.relkind IN ('r', 'p', 'm') THEN coalesce(ts.spcname, 'default') END`)},
             ${fact('of type', `CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END`)},
             ${fact('row security', 'c.relrowsecurity')},
             ${fact('force row security', 'c.relforcerowsecurity')},
             ${fact('replica identity', 'c.relreplident')},
             ${fact('populated', `CASE WHEN c.relkind = 'm' THEN c.relispopulated END`)},
             ${fact('partition key', `CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END`)},
             ${fact('partition bound', 'pg_get_expr(c.relpartbound, c.oid)')},
             ${fact('foreign server', 'fs.srvname')},
             ${fact('foreign options', 'ft.ftoptions')},
             ${fact('view definition', `CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END`)}
           ]
           || ARRAY(SELECT 'option ' || o FROM unnest(c.reloptions) AS o ORDER BY 1)
           || ARRAY(SELECT 'toast option ' || o FROM unnest(toast.reloptions) AS o ORDER BY 1)
           -- Their order, not their numbers: NO INHERIT leaves a gap.
           || ARRAY(SELECT format('parent %s: %s%s', row_number() OVER (ORDER BY i.inhseqno), i.inhparent::regclass,
                                  CASE WHEN i.inhdetachpending THEN ' (detach pending)' END)
                    FROM pg_inherits AS i WHERE i.inhrelid = c.oid ORDER BY i.inhseqno)
           || ARRAY(SELECT 'child ' || i.inhrelid::regclass::text
                    FROM pg_inherits AS i WHERE i.inhparent = c.oid ORDER BY 1)
           || ${grants('c.relacl', 'r', 'c.relowner')}
           || ARRAY(SELECT 'row type: ' || line FROM unnest(${grants('t.typacl', 'T', 't.typowner')}) AS line)
             AS facts
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_am AS am ON am.oid = c.relam
    LEFT JOIN pg_tablespace AS ts ON ts.oid = c.reltablespace
    LEFT JOIN pg_class AS toast ON toast.oid = c.reltoastrelid
    LEFT JOIN pg_type AS t ON t.oid = c.reltype
    LEFT JOIN pg_foreign_table AS ft ON ft.ftrelid = c.oid
    LEFT JOIN pg_foreign_server AS fs ON fs.oid = ft.ftserver
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${shown('n')}`,
};

/**
 * Numbered as they are seen, not by attnum: a dropped column leaves a gap that a copy does not have. Composite types'
 * attributes are here too.
 */
const columns: Section = {
  kind: 'column',
  sql: /* sql */ `
    SELECT format('%I.%I column %s %I', n.nspname, c.relname,
                  lpad(row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum)::text, 4, '0'), a.attname) AS identity,
           ARRAY[
             ${fact('type', 'format_type(a.atttypid, a.atttypmod)')},
             ${fact('not null', 'a.attnotnull')},
             ${fact('collation', `CASE WHEN a.attcollation <> 0 THEN ${qualifiedName('cn', 'co.collname')} END`)},
             ${fact('default', `CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END`)},
             ${fact(
               'generated',
               `CASE WHEN a.attgenerated <> '' THEN a.attgenerated::text || ' ' || pg_get_expr(d.adbin, d.adrelid) END`,
             )},
             ${fact('identity', `nullif(a.attidentity, '')`)},
             ${fact('storage', 'a.attstorage')},
             ${fact('compression', `CASE a.attcompression WHEN '' THEN 'default' ELSE a.attcompression::text END`)},
             ${fact('statistics target', 'nullif(a.attstattarget, -1)')},
             ${fact('local', 'a.attislocal')},
             ${fact('inherited', 'nullif(a.attinhcount > 0, false)')},
             ${fact('foreign options', 'a.attfdwoptions')}
           ]
           || ARRAY(SELECT 'option ' || o FROM unnest(a.attoptions) AS o ORDER BY 1)
           || ${grantLines('a.attacl')} AS facts
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_collation AS co ON co.oid = a.attcollation
    LEFT JOIN pg_namespace AS cn ON cn.oid = co.collnamespace
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND ${shown('n')}`,
};

const sequences: Section = {
  kind: 'sequence',
  sql: /* sql */ `
    SELECT ${qualifiedName('n', 'c.relname')} AS identity,
           ARRAY[
             ${fact('owner', 'pg_get_userbyid(c.relowner)')},
             ${fact('persistence', 'c.relpersistence')},
             ${fact('type', 'format_type(s.seqtypid, NULL)')},
             ${fact('start', 's.seqstart')},
             ${fact('increment', 's.seqincrement')},
             ${fact('minimum', 's.seqmin')},
             ${fact('maximum', 's.seqmax')},
             ${fact('cache', 's.seqcache')},
             ${fact('cycle', 's.seqcycle')}
           ]
           || ARRAY(SELECT format('%s %s.%I', CASE d.deptype WHEN 'i' THEN 'identity of' ELSE 'owned by' END,
                                  d.refobjid::regclass, a.attname)
                    FROM pg_depend AS d
                    JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
                      AND d.refclassid = 'pg_class'::regclass
                    ORDER BY 1)
           || ${grants('c.relacl', 's', 'c.relowner')} AS facts
    FROM pg_sequence AS s
    JOIN pg_class AS c ON c.oid = s.seqrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE ${shown('n')}`,
};

export const RELATION_SECTIONS: readonly Section[] = [relations, columns, sequences];
