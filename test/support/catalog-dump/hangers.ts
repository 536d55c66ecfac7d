import { fact, qualifiedName, type Section, shown } from './section.ts';

/** `public.orders` of a pg_class alias `c` with its namespace `n`. */
const TABLE = qualifiedName('n', 'c.relname');

/**
 * With the states of a foreign key's internal triggers, which ALTER TABLE … DISABLE TRIGGER ALL changes. NO INHERIT of a
 * key says only whether it came by ATTACH or by PARTITION OF; PostgreSQL reads it nowhere.
 */
const constraints: Section = {
  kind: 'constraint',
  sql: /* sql */ `
    SELECT format('%s constraint %I',
                  CASE WHEN c.oid IS NULL THEN 'domain ' || format_type(con.contypid, NULL) ELSE ${TABLE} END,
                  con.conname) AS identity,
           ARRAY[
             ${fact('kind', 'con.contype')},
             ${fact('definition', 'pg_get_constraintdef(con.oid)')},
             ${fact('validated', 'con.convalidated')},
             ${fact('deferrable', 'con.condeferrable')},
             ${fact('deferred', 'con.condeferred')},
             ${fact('enforced', `coalesce(to_jsonb(con) ->> 'conenforced', 'true')`)},
             ${fact('no inherit', `CASE WHEN con.contype NOT IN ('p', 'u', 'x') THEN con.connoinherit END`)},
             ${fact('local', 'con.conislocal')},
             ${fact('inherited', 'con.coninhcount > 0')},
             ${fact('index', 'nullif(con.conindid, 0)::regclass')}
           ]
           || ARRAY(SELECT format('trigger %s on %s: %s', t.tgfoid::regproc, t.tgrelid::regclass, t.tgenabled)
                    FROM pg_trigger AS t WHERE t.tgconstraint = con.oid AND t.tgisinternal ORDER BY 1) AS facts
    FROM pg_constraint AS con
    JOIN pg_namespace AS own ON own.oid = con.connamespace
    LEFT JOIN pg_class AS c ON c.oid = con.conrelid
    LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE ${shown('own')}`,
};

const indexes: Section = {
  kind: 'index',
  sql: /* sql */ `
    SELECT format('%s index %I.%I', ${TABLE}, idx_n.nspname, idx.relname) AS identity,
           ARRAY[
             ${fact('definition', 'pg_get_indexdef(i.indexrelid)')},
             ${fact('owner', 'pg_get_userbyid(idx.relowner)')},
             ${fact('persistence', 'idx.relpersistence')},
             ${fact('tablespace', `coalesce(ts.spcname, 'default')`)},
             ${fact('primary', 'i.indisprimary')},
             ${fact('immediate', 'i.indimmediate')},
             ${fact('clustered', 'i.indisclustered')},
             ${fact('replica identity', 'i.indisreplident')},
             ${fact('valid', 'i.indisvalid')},
             ${fact('ready', 'i.indisready')},
             ${fact('parent', 'inh.inhparent::regclass')}
           ]
           || ARRAY(SELECT format('statistics target of column %s: %s', a.attnum, a.attstattarget)
                    FROM pg_attribute AS a
                    WHERE a.attrelid = i.indexrelid AND nullif(a.attstattarget, -1) IS NOT NULL
                    ORDER BY a.attnum) AS facts
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_class AS idx ON idx.oid = i.indexrelid
    JOIN pg_namespace AS idx_n ON idx_n.oid = idx.relnamespace
    LEFT JOIN pg_tablespace AS ts ON ts.oid = idx.reltablespace
    LEFT JOIN pg_inherits AS inh ON inh.inhrelid = i.indexrelid
    WHERE ${shown('n')}`,
};

const triggers: Section = {
  kind: 'trigger',
  sql: /* sql */ `
    SELECT format('%s trigger %I', ${TABLE}, t.tgname) AS identity,
           ARRAY[
             ${fact('definition', 'pg_get_triggerdef(t.oid)')},
             ${fact('enabled', 't.tgenabled')},
             ${fact('parent', '(SELECT p.tgrelid::regclass FROM pg_trigger AS p WHERE p.oid = t.tgparentid)')}
           ] AS facts
    FROM pg_trigger AS t
    JOIN pg_class AS c ON c.oid = t.tgrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    -- Up to 14 what a partition has of its parent's triggers is marked internal.
    WHERE (NOT t.tgisinternal OR (t.tgparentid <> 0 AND t.tgconstraint = 0)) AND ${shown('n')}`,
};

/** A view's own rule is its definition, which the relation shows. */
const rules: Section = {
  kind: 'rule',
  sql: /* sql */ `
    SELECT format('%s rule %I', ${TABLE}, r.rulename) AS identity,
           ARRAY[${fact('definition', 'pg_get_ruledef(r.oid)')}, ${fact('enabled', 'r.ev_enabled')}] AS facts
    FROM pg_rewrite AS r
    JOIN pg_class AS c ON c.oid = r.ev_class
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE r.rulename <> '_RETURN' AND ${shown('n')}`,
};

const policies: Section = {
  kind: 'policy',
  sql: /* sql */ `
    SELECT format('%s policy %I', ${TABLE}, p.polname) AS identity,
           ARRAY[
             ${fact('command', 'p.polcmd')},
             ${fact('permissive', 'p.polpermissive')},
             ${fact('using', 'pg_get_expr(p.polqual, p.polrelid)')},
             ${fact('with check', 'pg_get_expr(p.polwithcheck, p.polrelid)')}
           ]
           || ARRAY(SELECT 'for ' || CASE role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role)) END
                    FROM unnest(p.polroles) AS role ORDER BY 1) AS facts
    FROM pg_policy AS p
    JOIN pg_class AS c ON c.oid = p.polrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE ${shown('n')}`,
};

const extendedStatistics: Section = {
  kind: 'statistics',
  sql: /* sql */ `
    SELECT ${qualifiedName('n', 's.stxname')} AS identity,
           ARRAY[
             ${fact('definition', 'pg_get_statisticsobjdef(s.oid)')},
             ${fact('owner', 'pg_get_userbyid(s.stxowner)')},
             ${fact('statistics target', 'nullif(s.stxstattarget, -1)')}
           ] AS facts
    FROM pg_statistic_ext AS s
    JOIN pg_namespace AS n ON n.oid = s.stxnamespace
    WHERE ${shown('n')}`,
};

export const HANGER_SECTIONS: readonly Section[] = [
  constraints,
  indexes,
  triggers,
  rules,
  policies,
  extendedStatistics,
];
