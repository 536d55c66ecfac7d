import { fact, grants, qualifiedName, type Section, shown } from './section.ts';

const schemas: Section = {
  kind: 'schema',
  sql: /* sql */ `
    SELECT quote_ident(n.nspname) AS identity,
           ARRAY[${fact('owner', 'pg_get_userbyid(n.nspowner)')}] || ${grants('n.nspacl', 'n', 'n.nspowner')} AS facts
    FROM pg_namespace AS n
    WHERE ${shown('n')}`,
};

/**
 * Row types belong to their tables and array types to their elements: both are left to those. What an array type is called
 * is the server's choice, by what was taken when it was made, and neither SQL (item[]) nor pg_dump says it.
 */
const types: Section = {
  kind: 'type',
  sql: /* sql */ `
    SELECT ${qualifiedName('n', 't.typname')} AS identity,
           ARRAY[
             ${fact('kind', 't.typtype')},
             ${fact('owner', 'pg_get_userbyid(t.typowner)')},
             ${fact('category', `t.typcategory::text || CASE WHEN t.typispreferred THEN ' preferred' ELSE '' END`)},
             ${fact('base type', `CASE WHEN t.typbasetype <> 0 THEN format_type(t.typbasetype, t.typtypmod) END`)},
             ${fact('not null', `CASE WHEN t.typtype = 'd' THEN t.typnotnull END`)},
             ${fact('default', 't.typdefault')},
             ${fact('collation', `CASE WHEN t.typcollation <> 0 THEN ${qualifiedName('cn', 'co.collname')} END`)},
             ${fact(
               'range',
               `(SELECT concat_ws(' ', format_type(r.rngsubtype, NULL), r.rngsubopc::text, r.rngcanonical, r.rngsubdiff)
                 FROM pg_range AS r WHERE r.rngtypid = t.oid)`,
             )},
             ${fact(
               'functions',
               `CASE WHEN t.typtype = 'b' THEN concat_ws(' ', t.typinput, t.typoutput, t.typreceive, t.typsend,
                  t.typmodin, t.typmodout, t.typanalyze, t.typlen, t.typbyval, t.typalign, t.typstorage) END`,
             )}
           ]
           || ARRAY(SELECT 'label ' || quote_literal(e.enumlabel)
                    FROM pg_enum AS e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)
           || ${grants('t.typacl', 'T', 't.typowner')} AS facts
    FROM pg_type AS t
    JOIN pg_namespace AS n ON n.oid = t.typnamespace
    LEFT JOIN pg_class AS c ON c.oid = t.typrelid
    LEFT JOIN pg_collation AS co ON co.oid = t.typcollation
    LEFT JOIN pg_namespace AS cn ON cn.oid = co.collnamespace
    WHERE ${shown('n')}
      AND (c.oid IS NULL OR c.relkind = 'c')
      AND NOT EXISTS (SELECT FROM pg_type AS element WHERE element.typarray = t.oid)`,
};

const functions: Section = {
  kind: 'function',
  sql: /* sql */ `
    SELECT format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS identity,
           ARRAY[
             ${fact('owner', 'pg_get_userbyid(p.proowner)')},
             ${fact('definition', `CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END`)},
             ${fact(
               'aggregate',
               `(SELECT jsonb_build_object(
                   'kind', a.aggkind, 'direct', a.aggnumdirectargs, 'transition', a.aggtransfn, 'final', a.aggfinalfn,
                   'combine', a.aggcombinefn, 'serial', a.aggserialfn, 'deserial', a.aggdeserialfn,
                   'moving transition', a.aggmtransfn, 'moving inverse', a.aggminvtransfn, 'moving final', a.aggmfinalfn,
                   'extra', a.aggfinalextra, 'modify', a.aggfinalmodify, 'sort operator', a.aggsortop::regoper,
                   'type', format_type(a.aggtranstype, NULL), 'space', a.aggtransspace, 'initial', a.agginitval,
                   'moving initial', a.aggminitval, 'parallel', p.proparallel)
                 FROM pg_aggregate AS a WHERE a.aggfnoid = p.oid)`,
             )}
           ]
           || ARRAY(SELECT 'depends on extension ' || quote_ident(e.extname)
                    FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
                    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                      AND d.refclassid = 'pg_extension'::regclass AND d.deptype IN ('e', 'x') ORDER BY 1)
           || ${grants('p.proacl', 'f', 'p.proowner')} AS facts
    FROM pg_proc AS p
    JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE ${shown('n')}`,
};

const collations: Section = {
  kind: 'collation',
  sql: /* sql */ `
    SELECT ${qualifiedName('n', 'co.collname')} AS identity,
           ARRAY[
             ${fact('owner', 'pg_get_userbyid(co.collowner)')},
             ${fact('definition', `to_jsonb(co) - ARRAY['oid', 'collname', 'collnamespace', 'collowner']`)}
           ] AS facts
    FROM pg_collation AS co
    JOIN pg_namespace AS n ON n.oid = co.collnamespace
    WHERE ${shown('n')}`,
};

/** Kinds of which no table's rebuild touches more than their being there. */
const operators: Section = {
  kind: 'object',
  sql: /* sql */ `
    SELECT o.type || ' ' || o.identity AS identity, ARRAY[${fact('owner', 'pg_get_userbyid(named.owner)')}] AS facts
    FROM (
      SELECT 'pg_operator'::regclass AS catalog, oid, oprnamespace AS namespace, oprowner AS owner FROM pg_operator
      UNION ALL SELECT 'pg_opclass'::regclass, oid, opcnamespace, opcowner FROM pg_opclass
      UNION ALL SELECT 'pg_opfamily'::regclass, oid, opfnamespace, opfowner FROM pg_opfamily
      UNION ALL SELECT 'pg_conversion'::regclass, oid, connamespace, conowner FROM pg_conversion
      UNION ALL SELECT 'pg_ts_config'::regclass, oid, cfgnamespace, cfgowner FROM pg_ts_config
      UNION ALL SELECT 'pg_ts_dict'::regclass, oid, dictnamespace, dictowner FROM pg_ts_dict
      UNION ALL SELECT 'pg_ts_parser'::regclass, oid, prsnamespace, NULL FROM pg_ts_parser
      UNION ALL SELECT 'pg_ts_template'::regclass, oid, tmplnamespace, NULL FROM pg_ts_template
    ) AS named
    JOIN pg_namespace AS n ON n.oid = named.namespace
    CROSS JOIN LATERAL pg_identify_object(named.catalog, named.oid, 0) AS o
    WHERE ${shown('n')}`,
};

export const SCHEMA_OBJECT_SECTIONS: readonly Section[] = [schemas, types, functions, collations, operators];
