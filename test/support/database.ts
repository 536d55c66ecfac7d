import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, inject } from 'vitest';
import { quoteIdent, quoteLiteral } from '../../lambdas/engine/postgres/identifier.ts';
import { onServer } from './on-server.ts';
import { scramVerifier } from './scram-verifier.ts';

/**
 * The roles of the tests, made once per server, none of them a superuser: `owner` owns the test database and runs the
 * tool (a member of pg_read_all_stats, as PRE_VALIDATION asks for); `app` is the application, which owns nothing; `reader`
 * is there to be granted things.
 */
export const ROLES = {
  owner: 'shadowstep_test_owner',
  app: 'shadowstep_test_app',
  reader: 'shadowstep_test_reader',
} as const;

export type TestRole = keyof typeof ROLES;

export const ROLE_PASSWORD = 'shadowstep_test';

/** A database of its own, cloned from the run's template. */
export interface TestDatabase {
  readonly name: string;
  /** The superuser's URL. */
  readonly url: string;
  /** The URL of one of the roles. */
  urlOf(role: TestRole): string;
  /** As the superuser, on one connection that is kept. */
  query<R extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /** A fresh connection of the superuser; ended with the database at the latest. */
  client(): Promise<pg.Client>;
  /** A fresh connection of one of the roles. */
  appClient(role?: TestRole): Promise<pg.Client>;
  /** A copy of this database as it is now. Ends this one's connections first; nobody else may be connected. */
  clone(): Promise<TestDatabase>;
  /** Ends the connections. The database itself goes at the end of the file, unless a test failed. */
  end(): Promise<void>;
  /** Drops the database now, whoever is connected: for tests that go through many. */
  drop(): Promise<void>;
}

const open = new Set<OpenDatabase>();

/** At once: each drop needs a session, and a file may have made more databases than the server takes sessions. */
const MOST_DROPS = 10;

/** Clones the run's template. May be called anywhere in a test file: what is left open is ended with the file. */
export async function createDatabase(): Promise<TestDatabase> {
  const { url, template } = inject('postgres');
  return cloneDatabase(url, template);
}

/** For per-file-setup.ts: ends what the file left open; keeps the databases of a file in which a test failed. */
export async function finishDatabases(fate: 'keep' | 'drop'): Promise<void> {
  const databases = [...open];
  for (let from = 0; from < databases.length; from += MOST_DROPS) {
    const some = databases.slice(from, from + MOST_DROPS);
    await Promise.all(some.map((database) => (fate === 'drop' ? database.drop() : database.end())));
  }
  // The next file of this process is not to drop them.
  open.clear();
  if (fate === 'keep' && databases.length > 0) {
    const urls = databases.map((database) => `  ${database.url}`).join('\n');
    console.log(`A test failed, so these are kept for as long as the server lives (set TEST_PG_URL to look):\n${urls}`);
  }
}

/** The same from a template of another server than the run's; see `makeTemplate`. */
export async function createDatabaseOn(serverUrl: string, template: string): Promise<TestDatabase> {
  return cloneDatabase(serverUrl, template);
}

/** Before a server other than the run's is stopped: its databases go with it. */
export async function forgetDatabasesOn(serverUrl: string): Promise<void> {
  const gone = [...open].filter((database) => database.serverUrl === serverUrl);
  await Promise.all(gone.map((database) => database.end()));
  for (const database of gone) open.delete(database);
}

async function cloneDatabase(serverUrl: string, template: string): Promise<TestDatabase> {
  const file = /([^/\\]+?)(\.pg)?\.test\.ts$/.exec(expect.getState().testPath ?? '')?.[1] ?? 'database';
  const name = `test_${file.replaceAll(/\W/g, '_').slice(0, 40)}_${randomBytes(4).toString('hex')}`;
  await onServer(serverUrl, async (client) => {
    const { rows } = await client.query<{ chooses: boolean }>(
      /* sql */ `SELECT current_setting('server_version_num')::int >= 150000 AS chooses`,
    );
    // Through the log, the default since PG 15, it takes twice the processor's time, where nothing waits for the disk.
    const strategy = rows[0]?.chooses === true ? 'STRATEGY FILE_COPY' : '';
    // Database-level grants and settings are not cloned; the owner's rights come with ownership.
    await client.query(
      /* sql */ `CREATE DATABASE ${quoteIdent(name)} TEMPLATE ${quoteIdent(template)} OWNER ${quoteIdent(ROLES.owner)} ${strategy}`,
    );
  });
  const database = new OpenDatabase(serverUrl, name);
  open.add(database);
  return database;
}

class OpenDatabase implements TestDatabase {
  readonly url: string;
  readonly #clients = new Set<pg.Client>();
  #superuser: Promise<pg.Client> | undefined;

  constructor(
    readonly serverUrl: string,
    readonly name: string,
  ) {
    this.url = withDatabase(serverUrl, name).href;
  }

  urlOf(role: TestRole): string {
    const url = withDatabase(this.serverUrl, this.name);
    url.username = ROLES[role];
    url.password = ROLE_PASSWORD;
    return url.href;
  }

  async query<R extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    this.#superuser ??= this.client();
    return (await (await this.#superuser).query<R>(text, [...values])).rows;
  }

  async client(): Promise<pg.Client> {
    return this.#connect(this.url);
  }

  async appClient(role: TestRole = 'app'): Promise<pg.Client> {
    return this.#connect(this.urlOf(role));
  }

  async clone(): Promise<TestDatabase> {
    await this.end();
    return cloneDatabase(this.serverUrl, this.name);
  }

  async end(): Promise<void> {
    this.#superuser = undefined;
    const clients = [...this.#clients];
    this.#clients.clear();
    await Promise.all(clients.map((client) => client.end().catch(() => {})));
  }

  async drop(): Promise<void> {
    await this.end();
    await onServer(this.serverUrl, async (client) => {
      // A logical slot would refuse the drop.
      await client.query(
        /* sql */ `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = $1 AND NOT active`,
        [this.name],
      );
      await client.query(/* sql */ `DROP DATABASE IF EXISTS ${quoteIdent(this.name)} WITH (FORCE)`);
    });
    open.delete(this);
  }

  async #connect(url: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    // A session that a test terminates reports it at the next statement; without a listener it would end the process.
    client.on('error', () => {});
    await client.connect();
    this.#clients.add(client);
    client.once('end', () => this.#clients.delete(client));
    return client;
  }
}

/** For global-setup.ts: makes the roles and the template; resolves to the template's name. */
export async function makeTemplate(serverUrl: string): Promise<string> {
  const template = `test_template_${randomBytes(4).toString('hex')}`;
  await onServer(serverUrl, async (client) => {
    for (const role of Object.values(ROLES)) await client.query(ensureRole(role));
    await client.query(/* sql */ `GRANT pg_read_all_stats TO ${quoteIdent(ROLES.owner)}`);
    await client.query(
      /* sql */ `CREATE DATABASE ${quoteIdent(template)} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`,
    );
  });
  await onServer(withDatabase(serverUrl, template).href, async (client) => {
    // As PostgreSQL 15 and later have it, so that every major starts alike.
    await client.query(/* sql */ `REVOKE CREATE ON SCHEMA public FROM PUBLIC`);
    await client.query(/* sql */ `ALTER SCHEMA public OWNER TO pg_database_owner`);
  });
  await onServer(serverUrl, async (client) => {
    await client.query(/* sql */ `ALTER DATABASE ${quoteIdent(template)} ALLOW_CONNECTIONS false`);
  });
  return template;
}

/** For global-setup.ts. */
export async function dropTemplate(serverUrl: string, template: string): Promise<void> {
  await onServer(serverUrl, async (client) => {
    await client.query(/* sql */ `DROP DATABASE IF EXISTS ${quoteIdent(template)} WITH (FORCE)`);
  });
}

/** Two runs may share a server and make the roles at once: both errors mean that the role is there. */
function ensureRole(role: string): string {
  return /* sql */ `
    DO $$
    BEGIN
      CREATE ROLE ${quoteIdent(role)} LOGIN NOSUPERUSER PASSWORD ${quoteLiteral(scramVerifier(ROLE_PASSWORD))};
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END
    $$`;
}

function withDatabase(serverUrl: string, database: string): URL {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url;
}
