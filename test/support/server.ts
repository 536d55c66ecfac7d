import pg from 'pg';
import { EMBEDDED_MAJORS, type EmbeddedMajor, startEmbeddedServer } from './embedded-server.ts';

export interface TestServer {
  /** A superuser's URL. */
  readonly url: string;
  readonly majorVersion: number;
  /** One line for the start of the run: which server, and why this one. */
  readonly description: string;
  stop(): Promise<void>;
}

/**
 * Small enough for a laptop, and with what the tests ask for: many sessions, logical decoding, autovacuum as in
 * production. `fsync` is off because nobody pulls the plug on a test, and `full_page_writes` since no page is torn without that.
 */
const TEST_SETTINGS: Readonly<Record<string, string>> = {
  max_connections: '200',
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'logical',
  autovacuum: 'on',
  max_prepared_transactions: '20',
};

/**
 * The server that tests run on: `TEST_PG_URL` when set (a superuser of PostgreSQL 14 to 18, which is left as found), else
 * a container where a Docker engine answers, else embedded binaries. The two latter are of major `TEST_PG_MAJOR`
 * (default 18) and vanish at `stop()`.
 */
export async function startTestServer(
  environment: NodeJS.ProcessEnv = process.env,
  settings: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const url = environment.TEST_PG_URL;
  if (url) {
    return { url, ...(await describeServer(url, 'TEST_PG_URL')), stop: async () => {} };
  }
  const major = majorOf(environment);
  const allSettings = { ...TEST_SETTINGS, ...settings };
  const container = await startContainer(major, allSettings);
  if (container !== null) return container;
  const server = await startEmbeddedServer({ major, settings: allSettings });
  return { ...server, ...(await describeServer(server.url, `embedded, port ${server.port}`)) };
}

function majorOf(environment: NodeJS.ProcessEnv): EmbeddedMajor {
  const text = environment.TEST_PG_MAJOR || '18';
  const major = EMBEDDED_MAJORS.find((known) => String(known) === text);
  if (major === undefined) {
    throw new Error(`TEST_PG_MAJOR is ${text}; known are ${EMBEDDED_MAJORS.join(', ')}. For others set TEST_PG_URL.`);
  }
  return major;
}

/** Throws unless the URL leads a superuser to a supported server. */
async function describeServer(url: string, origin: string): Promise<Pick<TestServer, 'majorVersion' | 'description'>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string; number: number; superuser: boolean }>(/* sql */ `
      SELECT current_setting('server_version') AS version,
             current_setting('server_version_num')::int AS number,
             current_setting('is_superuser')::bool AS superuser
    `);
    const server = rows[0];
    if (!server?.superuser) throw new Error('The tests create databases and roles: TEST_PG_URL must be a superuser.');
    if (server.number < 140_000 || server.number >= 190_000) {
      throw new Error(`The tests know PostgreSQL 14 to 18, not ${server.version}.`);
    }
    return {
      majorVersion: Math.trunc(server.number / 10_000),
      description: `PostgreSQL ${server.version} (${origin})`,
    };
  } finally {
    await client.end();
  }
}

/** Null when no Docker engine answers, or when it cannot get the image. */
async function startContainer(
  major: EmbeddedMajor,
  settings: Readonly<Record<string, string>>,
): Promise<TestServer | null> {
  const { GenericContainer, Wait, getContainerRuntimeClient } = await import('testcontainers');
  const engine = await getContainerRuntimeClient().catch(() => null);
  if (engine === null) return null;
  try {
    const container = await new GenericContainer(`postgres:${major}`)
      .withEnvironment({ POSTGRES_PASSWORD: 'postgres', POSTGRES_INITDB_ARGS: '--locale=C --encoding=UTF8' })
      .withCommand(['postgres', ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])])
      .withExposedPorts(5432)
      // Twice: the image's entry point starts a server for its own set-up first.
      .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
      .start();
    const url = `postgres://postgres:postgres@${container.getHost()}:${container.getMappedPort(5432)}/postgres`;
    return {
      url,
      ...(await describeServer(url, 'container')),
      stop: async () => {
        await container.stop();
      },
    };
  } catch (error) {
    console.warn(`A Docker engine answers, but gives no postgres:${major} (${error}): using embedded binaries.`);
    return null;
  }
}
