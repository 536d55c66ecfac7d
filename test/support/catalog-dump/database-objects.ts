import { FIRST_USER_OID, fact, grantLines, grants, type Section, shown } from './section.ts';

/** Without its name: two databases are compared with each other. */
const database: Section = {
  kind: 'database',
  sql: /* sql */ `
    SELECT 'itself' AS identity,
           ARRAY[
             ${fact('owner', 'pg_get_userbyid(d.datdba)')},
             ${fact('encoding', 'pg_encoding_to_char(d.encoding)')},
             ${fact('collate', 'd.datcollate')},
             ${fact('ctype', 'd.datctype')}
           ]
           || ARRAY(SELECT format('setting of %s: %s', coalesce(pg_get_userbyid(nullif(s.setrole, 0)), 'all'), setting)
                    FROM pg_db_role_setting AS s, unnest(s.setconfig) AS setting
                    WHERE s.setdatabase = d.oid ORDER BY 1)
           || ${grants('d.datacl', 'd', 'd.datdba')} AS facts
    FROM pg_database AS d
    WHERE d.datname = current_database()`,
};

const extensions: Section = {
  kind: 'extension',
  sql: /* sql */ `
    SELECT quote_ident(e.extname) AS identity,
           ARRAY[
             ${fact('owner', 'pg_get_userbyid(e.extowner)')},
             ${fact('schema', 'n.nspname')},
             ${fact('version', 'e.extversion')}
           ]
           || ARRAY(SELECT format('configuration table %s %s', t.table_oid::regclass, e.extcondition[t.position])
                    FROM unnest(e.extconfig) WITH ORDINALITY AS t(table_oid, position) ORDER BY 1) AS facts
    FROM pg_extension AS e
    JOIN pg_namespace AS n ON n.oid = e.extnamespace`,
};

/**
 * Relations and triggers that belong to an extension, and whatever is marked DEPENDS ON EXTENSION; of the functions and
 * types that an extension has made, the extension's version speaks.
 */
const extensionMembers: Section = {
  kind: 'extension member',
  sql: /* sql */ `
    SELECT o.type || ' ' || o.identity AS identity,
           array_agg(format('%s %I', CASE d.deptype WHEN 'e' THEN 'of' ELSE 'depends on' END, e.extname)
                     ORDER BY d.deptype, e.extname) AS facts
    FROM pg_depend AS d
    JOIN pg_extension AS e ON e.oid = d.refobjid
    CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) AS o
    WHERE d.refclassid = 'pg_extension'::regclass
      AND (d.deptype = 'x' OR d.deptype = 'e' AND d.classid IN ('pg_class'::regclass, 'pg_trigger'::regclass))
      AND coalesce(o.schema, '') !~ '^(shadowstep|pg_|information_schema$)'
    GROUP BY 1`,
};

/** A FOR ALL TABLES publication has no members. Members in any schema are shown: a subscriber gets them all. */
function publications(serverVersionNum: number): Section {
  const members =
    serverVersionNum >= 150_000
      ? /* sql */ `
           || ARRAY(SELECT format('table %s%s%s', pr.prrelid::regclass,
                                  (SELECT format(' (%s)', string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname))
                                   FROM pg_attribute AS a
                                   WHERE a.attrelid = pr.prrelid AND a.attnum = ANY (pr.prattrs)),
                                  ' where ' || pg_get_expr(pr.prqual, pr.prrelid))
                    FROM pg_publication_rel AS pr WHERE pr.prpubid = p.oid ORDER BY 1)
           || ARRAY(SELECT 'tables in schema ' || pn.pnnspid::regnamespace::text
                    FROM pg_publication_namespace AS pn WHERE pn.pnpubid = p.oid ORDER BY 1)`
      : /* sql */ `
           || ARRAY(SELECT format('table %s', pr.prrelid::regclass)
                    FROM pg_publication_rel AS pr WHERE pr.prpubid = p.oid ORDER BY 1)`;
  return {
    kind: 'publication',
    sql: /* sql */ `
      SELECT quote_ident(p.pubname) AS identity,
             ARRAY[
               ${fact('owner', 'pg_get_userbyid(p.pubowner)')},
               ${fact('options', `to_jsonb(p) - ARRAY['oid', 'pubname', 'pubowner']`)}
             ] ${members} AS facts
      FROM pg_publication AS p`,
  };
}

/** Only the columns that everybody may read. */
const subscriptions: Section = {
  kind: 'subscription',
  sql: /* sql */ `
    SELECT quote_ident(s.subname) AS identity,
           ARRAY[
             ${fact('owner', 'pg_get_userbyid(s.subowner)')},
             ${fact('enabled', 's.subenabled')},
             ${fact('slot', 's.subslotname')},
             ${fact('publications', 's.subpublications')}
           ]
           || ARRAY(SELECT format('table %s: %s', sr.srrelid::regclass, sr.srsubstate)
                    FROM pg_subscription_rel AS sr WHERE sr.srsubid = s.oid ORDER BY 1) AS facts
    FROM pg_subscription AS s
    WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
};

const eventTriggers: Section = {
  kind: 'event trigger',
  sql: /* sql */ `
    SELECT quote_ident(e.evtname) AS identity,
           ARRAY[
             ${fact('owner', 'pg_get_userbyid(e.evtowner)')},
             ${fact('event', 'e.evtevent')},
             ${fact('function', 'e.evtfoid::regprocedure')},
             ${fact('enabled', 'e.evtenabled')},
             ${fact('tags', 'e.evttags')}
           ] AS facts
    FROM pg_event_trigger AS e`,
};

const defaultPrivileges: Section = {
  kind: 'default privileges',
  sql: /* sql */ `
    SELECT format('of %I %s for %s', pg_get_userbyid(d.defaclrole),
                  coalesce('in schema ' || quote_ident(n.nspname), 'everywhere'), d.defaclobjtype) AS identity,
           ${grantLines('d.defaclacl')} AS facts
    FROM pg_default_acl AS d
    LEFT JOIN pg_namespace AS n ON n.oid = d.defaclnamespace
    WHERE n.oid IS NULL OR ${shown('n')}`,
};

/** Languages, casts, access methods, foreign servers: objects without a schema, made after the server was. */
const schemaless: Section = {
  kind: 'object',
  sql: /* sql */ `
    SELECT o.type || ' ' || o.identity AS identity, named.facts
    FROM (
      SELECT 'pg_language'::regclass AS catalog, l.oid,
             ARRAY[${fact('owner', 'pg_get_userbyid(l.lanowner)')}, ${fact('trusted', 'l.lanpltrusted')}]
             || ${grants('l.lanacl', 'l', 'l.lanowner')} AS facts
      FROM pg_language AS l
      UNION ALL
      SELECT 'pg_cast'::regclass, c.oid,
             ARRAY[${fact('function', 'c.castfunc::regprocedure')}, ${fact('context', 'c.castcontext')},
                   ${fact('method', 'c.castmethod')}]
      FROM pg_cast AS c
      UNION ALL
      SELECT 'pg_am'::regclass, a.oid, ARRAY[${fact('handler', 'a.amhandler')}, ${fact('kind', 'a.amtype')}]
      FROM pg_am AS a
      UNION ALL
      SELECT 'pg_transform'::regclass, t.oid,
             ARRAY[${fact('from', 't.trffromsql::regprocedure')}, ${fact('to', 't.trftosql::regprocedure')}]
      FROM pg_transform AS t
      UNION ALL
      SELECT 'pg_foreign_data_wrapper'::regclass, f.oid,
             ARRAY[${fact('owner', 'pg_get_userbyid(f.fdwowner)')}, ${fact('options', 'f.fdwoptions')}]
             || ${grants('f.fdwacl', 'F', 'f.fdwowner')}
      FROM pg_foreign_data_wrapper AS f
      UNION ALL
      SELECT 'pg_foreign_server'::regclass, s.oid,
             ARRAY[${fact('owner', 'pg_get_userbyid(s.srvowner)')}, ${fact('options', 's.srvoptions')}]
             || ${grants('s.srvacl', 'S', 's.srvowner')}
      FROM pg_foreign_server AS s
      UNION ALL
      SELECT 'pg_user_mapping'::regclass, u.umid, ARRAY[${fact('options', 'u.umoptions')}]
      FROM pg_user_mappings AS u
    ) AS named
    CROSS JOIN LATERAL pg_identify_object(named.catalog, named.oid, 0) AS o
    WHERE named.oid >= ${FIRST_USER_OID}`,
};

/**
 * Comments and security labels of every kind of object. What came with the server is left out, but for the schema
 * public. Parts of a table (constraint, trigger, policy, rule) have no schema of their own: theirs is in the identity.
 */
function remarks(kind: string, catalog: string, text: string): Section {
  return {
    kind,
    sql: /* sql */ `
      SELECT o.type || ' ' || o.identity AS identity, ARRAY[${text}] AS facts
      FROM ${catalog} AS r
      CROSS JOIN LATERAL pg_identify_object(r.classoid, r.objoid, r.objsubid) AS o
      WHERE (r.objoid >= ${FIRST_USER_OID} OR r.objoid = 'public'::regnamespace)
        AND coalesce(o.schema, '') !~ '^(shadowstep|pg_|information_schema$)'
        AND NOT (o.type = 'schema' AND o.identity ~ '^"?(shadowstep|pg_)')
        AND NOT (o.schema IS NULL AND o.identity ~ ' on "?(shadowstep|pg_)[^.]*[.]')`,
  };
}

export function databaseObjectSections(serverVersionNum: number): readonly Section[] {
  return [
    database,
    extensions,
    extensionMembers,
    publications(serverVersionNum),
    subscriptions,
    eventTriggers,
    defaultPrivileges,
    schemaless,
    remarks('comment', 'pg_description', 'r.description'),
    remarks('security label', 'pg_seclabel', `r.provider || ': ' || r.label`),
  ];
}
