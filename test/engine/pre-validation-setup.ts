import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import type { Session } from '../../lambdas/engine/postgres/session.ts';
import { type PreValidation, preValidate } from '../../lambdas/engine/pre-validation/pre-validate.ts';
import { parseRequest } from '../../lambdas/engine/request.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const PASSWORD = 'shadowstep_test';

/**
 * A database with `shop.orders`, owned by a role of its own that runs the tool. Roles are made per bundle, since
 * memberships and settings of a role are the whole server's.
 */
export interface Bundle {
  readonly database: TestDatabase;
  /** Runs the tool and owns shop.orders; no superuser. */
  readonly tool: string;
  /** Somebody else. */
  readonly other: string;
  /** PG's server_version_num. */
  readonly version: number;
  /** As the superuser; :tool, :other and :database stand for names. */
  sql(text: string): Promise<void>;
  /** The same as the tool's role, on a fresh connection with default settings. */
  sqlAsTool(text: string): Promise<void>;
  /** The URL of the tool's role. */
  readonly toolUrl: string;
  /** A fresh session of the tool, as production opens it. */
  session(): Promise<Session>;
  /** PRE_VALIDATION of `shop.orders`, or of what `request` says, on a fresh session. */
  preValidate(request?: Record<string, unknown>): Promise<PreValidation>;
  finish(): Promise<void>;
}

export async function setup(): Promise<Bundle> {
  const database = await createDatabase();
  const suffix = randomBytes(4).toString('hex');
  const tool = `pre_validation_tool_${suffix}`;
  const other = `pre_validation_other_${suffix}`;
  const filled = (text: string) =>
    text.replaceAll(':tool', tool).replaceAll(':other', other).replaceAll(':database', database.name);
  const sessions: Session[] = [];

  await database.query(/* sql */ `CREATE ROLE ${tool} LOGIN PASSWORD '${PASSWORD}' IN ROLE pg_read_all_stats`);
  await database.query(/* sql */ `CREATE ROLE ${other} LOGIN PASSWORD '${PASSWORD}'`);
  await database.query(/* sql */ `GRANT CREATE ON DATABASE ${database.name} TO ${tool}`);
  await database.query(/* sql */ `CREATE SCHEMA shop AUTHORIZATION ${tool}`);
  const [server] = await database.query<{ version: number }>(
    /* sql */ `SELECT current_setting('server_version_num')::int AS version`,
  );

  const toolUrl = new URL(database.url);
  toolUrl.username = tool;
  toolUrl.password = PASSWORD;
  const bundle: Bundle = {
    database,
    tool,
    other,
    version: server?.version ?? 0,
    async sql(text) {
      await database.query(filled(text));
    },
    async sqlAsTool(text) {
      const client = await database.client();
      try {
        await client.query(/* sql */ `SET SESSION AUTHORIZATION ${tool}`);
        await client.query(filled(text));
      } finally {
        await client.end();
      }
    },
    toolUrl: toolUrl.href,
    async session() {
      const session = await openPostgresSession({ connectionString: toolUrl.href }, { purpose: 'pre-validation-test' });
      sessions.push(session);
      return session;
    },
    async preValidate(request = {}) {
      const session = await bundle.session();
      try {
        return await preValidate(session, await parseRequest({ table: 'shop.orders', ...request }));
      } finally {
        await session.end();
      }
    },
    async finish() {
      await Promise.all(sessions.map((session) => session.end()));
      await database.drop();
      const superuser = new pg.Client({ connectionString: inject('postgres').url });
      await superuser.connect();
      await superuser.query(/* sql */ `DROP ROLE ${tool}, ${other}`);
      await superuser.end();
    },
  };
  await bundle.sqlAsTool(/* sql */ `
    CREATE TABLE shop.orders (id int PRIMARY KEY, total numeric(10, 2), note varchar(20), at timestamptz);
    INSERT INTO shop.orders SELECT n, n, 'note', now() FROM generate_series(1, 100) AS n`);
  return bundle;
}

/** Every row of the catalogs that DDL touches (of the shared pg_shdepend this database's), without what autovacuum and hint bits change. */
export async function catalogDigest(database: TestDatabase): Promise<string> {
  const catalogs = [
    'pg_attrdef',
    'pg_attribute',
    'pg_class',
    'pg_constraint',
    'pg_depend',
    'pg_description',
    'pg_event_trigger',
    'pg_index',
    'pg_inherits',
    'pg_namespace',
    'pg_policy',
    'pg_proc',
    'pg_publication',
    'pg_publication_rel',
    'pg_rewrite',
    'pg_sequence',
    'pg_shdepend',
    'pg_statistic_ext',
    'pg_trigger',
    'pg_type',
  ];
  const volatile = [
    'relpages',
    'reltuples',
    'relallvisible',
    'relallfrozen',
    'relfrozenxid',
    'relminmxid',
    // Left true by the DDL that drops the last one, until VACUUM or ANALYZE corrects it.
    'relhasindex',
    'relhasrules',
    'relhastriggers',
  ];
  const digests = catalogs.map(
    (catalog) => /* sql */ `
      (SELECT md5(string_agg(entry, '' ORDER BY entry))
       FROM (SELECT (to_jsonb(t) - ARRAY['${volatile.join("','")}'])::text COLLATE "C" AS entry
             FROM ${catalog} AS t
             WHERE COALESCE(to_jsonb(t) ->> 'dbid', current.oid) = current.oid) AS rows)`,
  );
  const [row] = await database.query<{ digest: string }>(
    /* sql */ `
    SELECT concat_ws(' ', ${digests.join(', ')}) AS digest
    FROM (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS current`,
  );
  return row?.digest ?? '';
}
