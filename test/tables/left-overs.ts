import type pg from 'pg';

/** Every catalog whose objects bear names that we could have given: what it calls them, and the schema they lie in. */
const NAMED = /* sql */ `
  SELECT 'relation', oid::regclass::text, relname, relnamespace FROM pg_class
  UNION ALL SELECT 'function', oid::regprocedure::text, proname, pronamespace FROM pg_proc
  UNION ALL SELECT 'type', oid::regtype::text, typname, typnamespace FROM pg_type WHERE typrelid = 0 AND typelem = 0
  UNION ALL SELECT 'constraint', format('%s on %s', conname, conrelid::regclass), conname, connamespace FROM pg_constraint
  UNION ALL SELECT 'trigger', format('%s on %s', t.tgname, t.tgrelid::regclass), t.tgname, c.relnamespace
    FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
  UNION ALL SELECT 'rule', format('%s on %s', r.rulename, r.ev_class::regclass), r.rulename, c.relnamespace
    FROM pg_rewrite AS r JOIN pg_class AS c ON c.oid = r.ev_class
  UNION ALL SELECT 'policy', format('%s on %s', p.polname, p.polrelid::regclass), p.polname, c.relnamespace
    FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid
  UNION ALL SELECT 'statistics', format('%s on %s', stxname, stxrelid::regclass), stxname, stxnamespace FROM pg_statistic_ext
  UNION ALL SELECT 'publication', pubname, pubname, 0 FROM pg_publication
  UNION ALL SELECT 'event trigger', evtname, evtname, 0 FROM pg_event_trigger`;

/**
 * What is left of ours but the registry itself: schemas; whatever bears a name of ours outside of them; triggers that
 * call a function of ours; publications that publish a table or a schema of ours; default privileges in a schema of
 * ours; runs that the registry holds for live.
 */
export async function leftOversIn(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(/* sql */ `
    WITH our_schema AS (SELECT oid, nspname FROM pg_namespace WHERE starts_with(nspname, 'shadowstep_')),
    named (kind, shown, name, schema) AS (${NAMED})
    SELECT 'schema ' || nspname AS line FROM our_schema
    UNION ALL
    SELECT kind || ' ' || shown FROM named
    WHERE starts_with(name, 'shadowstep_')
      AND schema NOT IN (SELECT oid FROM our_schema UNION ALL SELECT oid FROM pg_namespace WHERE nspname = 'shadowstep')
    UNION ALL
    SELECT format('trigger %s on %s calls %s', t.tgname, t.tgrelid::regclass, f.oid::regprocedure)
    FROM pg_trigger AS t
    JOIN pg_proc AS f ON f.oid = t.tgfoid
    JOIN pg_class AS c ON c.oid = t.tgrelid
    WHERE f.pronamespace IN (SELECT oid FROM our_schema) AND c.relnamespace NOT IN (SELECT oid FROM our_schema)
    UNION ALL
    SELECT format('publication %s of %s', p.pubname, c.oid::regclass)
    FROM pg_publication_rel AS r
    JOIN pg_publication AS p ON p.oid = r.prpubid
    JOIN pg_class AS c ON c.oid = r.prrelid
    WHERE c.relnamespace IN (SELECT oid FROM our_schema)
    UNION ALL
    SELECT format('default privileges of %s in %s', d.defaclrole::regrole, n.nspname)
    FROM pg_default_acl AS d JOIN our_schema AS n ON n.oid = d.defaclnamespace
    ORDER BY line`);
  return [
    ...rows.map((row) => row.line),
    ...(await publishedSchemasOf(client)),
    ...(await liveIn(client, 'run', `format('%I.%I in %s', source_schema, source_name, stage)`)),
    ...(await liveIn(client, 'whole', `format('%I.%I', root_schema, root_name)`)),
  ];
}

/** From PostgreSQL 15 on. */
async function publishedSchemasOf(client: pg.ClientBase): Promise<string[]> {
  if (!(await exists(client, 'pg_catalog.pg_publication_namespace'))) return [];
  const { rows } = await client.query<{ line: string }>(/* sql */ `
    SELECT format('publication %s of schema %s', p.pubname, n.nspname) AS line
    FROM pg_publication_namespace AS m
    JOIN pg_publication AS p ON p.oid = m.pnpubid
    JOIN pg_namespace AS n ON n.oid = m.pnnspid
    WHERE starts_with(n.nspname, 'shadowstep_')
    ORDER BY line`);
  return rows.map((row) => row.line);
}

/** Rows of a table of the registry that have not ended, by what `shown` says of them; none where nothing has run yet. */
async function liveIn(client: pg.ClientBase, table: 'run' | 'whole', shown: string): Promise<string[]> {
  if (!(await exists(client, `shadowstep.${table}`))) return [];
  const { rows } = await client.query<{ shown: string }>(/* sql */ `
    SELECT ${shown} AS shown FROM shadowstep.${table} WHERE finished_at IS NULL ORDER BY shown`);
  return rows.map((row) => `live ${table} of ${row.shown}`);
}

async function exists(client: pg.ClientBase, relation: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [relation]);
  return rows[0]?.there === true;
}
