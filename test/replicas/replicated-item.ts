import pg from 'pg';
import { silentLogger } from '../../lambdas/engine/log.ts';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import type { Session, StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import { runTask } from '../../lambdas/engine/run-unit.ts';
import type { TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import { type DriveOptions, drive } from '../lifecycle/drive.ts';
import { makeTemplate, ROLE_PASSWORD, ROLES, type TestRole } from '../support/database.ts';
import {
  EMBEDDED_MAJORS,
  type EmbeddedMajor,
  type EmbeddedServer,
  startEmbeddedServer,
} from '../support/embedded-server.ts';
import { onServer } from '../support/on-server.ts';
import { pollUntil } from '../support/poll.ts';
import { promote, startStandby } from '../support/standby.ts';
import { Endpoint } from './endpoint.ts';

/** No plug is pulled; both servers are small; a hundred sessions are plenty. */
const SETTINGS = { fsync: 'off', shared_buffers: '32MB', autovacuum: 'off' } as const;

const STANDBY = 'standby_of_test';

/** One row fills a block, so that a small table has many blocks and so several batches (128 blocks at least in each). */
export const ROWS = 512;

const TABLES = /* sql */ `
  DROP TABLE IF EXISTS public.item, public.mirror;
  CREATE TABLE public.item (
    id bigint CONSTRAINT item_pkey PRIMARY KEY,
    code text CONSTRAINT item_code_key UNIQUE,
    note text
  ) WITH (fillfactor = 10);
  CREATE INDEX item_note ON public.item (note);
  INSERT INTO public.item SELECT i, 'c' || i, repeat(md5(i::text), 20) FROM generate_series(1, ${ROWS}) AS i;
  CREATE TABLE public.mirror AS SELECT * FROM public.item;`;

/** What an earlier test has left behind, registry and all. */
const FORGET_RUNS = /* sql */ `
  DO $$
  DECLARE name text;
  BEGIN
    FOR name IN SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'shadowstep') LOOP
      EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP;
  END $$`;

/**
 * A table `public.item` on a primary with a physical standby, behind an endpoint that leads to whichever is the primary.
 * The application does to `public.mirror`, which no run touches, the same in the same transactions: what a server has of
 * the one it has of the other, whatever was lost in a failover. Servers are the test's own, of the run's major.
 */
export class ReplicatedItem {
  #primary: EmbeddedServer;
  #standby: EmbeddedServer | null = null;
  #changes = 0;

  private constructor(
    primary: EmbeddedServer,
    readonly endpoint: Endpoint,
    /** Between standby and primary. */
    readonly replication: Endpoint,
    readonly major: EmbeddedMajor,
  ) {
    this.#primary = primary;
  }

  static async start(): Promise<ReplicatedItem> {
    const major = EMBEDDED_MAJORS.find((known) => String(known) === process.env.TEST_PG_MAJOR) ?? 18;
    const primary = await startEmbeddedServer({ major, settings: SETTINGS });
    await makeTemplate(primary.url);
    const item = new ReplicatedItem(
      primary,
      await Endpoint.open(primary.port),
      await Endpoint.open(primary.port),
      major,
    );
    await item.onPrimary(`CREATE DATABASE shop OWNER ${ROLES.owner}`, 'postgres');
    return item;
  }

  /** The endpoint's URL, as the tool and the application know it. */
  url(role: TestRole | 'superuser' = 'owner', database = 'shop'): string {
    return urlAt(this.endpoint.port, role, database);
  }

  get standbyUrl(): string {
    return urlAt(this.#mustStandby().port, 'owner', 'shop');
  }

  /** The table as it was at first, and its mirror. */
  async fill(): Promise<void> {
    await this.query(FORGET_RUNS);
    await this.asRole('owner', (client) => client.query(TABLES));
  }

  /** A standby of the present primary, in step with it. */
  async addStandby(options: { readonly synchronous?: boolean } = {}): Promise<void> {
    this.replication.leadTo(this.#primary.port);
    await this.#standby?.stop();
    this.#standby = await startStandby({
      major: this.major,
      primaryUrl: this.#primary.url,
      replicationPort: this.replication.port,
      name: STANDBY,
      settings: SETTINGS,
    });
    if (options.synchronous) {
      await this.onPrimary(`ALTER SYSTEM SET synchronous_standby_names = '${STANDBY}'`);
      await this.onPrimary('SELECT pg_reload_conf()');
    }
    await this.untilStreaming(options.synchronous);
  }

  async untilStreaming(synchronous = false): Promise<void> {
    await pollUntil('the standby to stream', async () => {
      const rows = await this.onPrimary<{ sync_state: string }>(
        `SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming' AND application_name = '${STANDBY}'`,
      );
      return rows[0] !== undefined && (rows[0].sync_state === 'sync') === synchronous;
    });
  }

  /** Waits until the standby has all that the primary has. */
  async untilReplayed(): Promise<void> {
    await pollUntil('the standby to catch up', async () => {
      const [row] = await this.onPrimary<{ done: boolean }>(
        `SELECT replay_lsn >= pg_current_wal_flush_lsn() AS done FROM pg_stat_replication WHERE application_name = '${STANDBY}'`,
      );
      return row?.done;
    });
  }

  /** The primary is gone from one moment to the next; the standby takes its place, with what it had. */
  async failOver(): Promise<void> {
    const standby = this.#mustStandby();
    this.endpoint.cut();
    await this.#primary.stop();
    await promote(standby.url);
    this.#primary = standby;
    this.#standby = null;
    this.endpoint.leadTo(standby.port);
  }

  /** From here on the standby lacks what the primary does. */
  async cutReplication(): Promise<void> {
    this.replication.cut();
    await pollUntil('the standby’s connection to be gone', async () => {
      const rows = await this.onPrimary('SELECT FROM pg_stat_replication');
      return rows.length === 0;
    });
  }

  mendReplication(): void {
    this.replication.leadTo(this.#primary.port);
  }

  /** Streams from the primary without ever saying what it has replayed, as pg_receivewal does. */
  async receiveWal(): Promise<{ stop(): void }> {
    const config = { connectionString: urlAt(this.#primary.port, 'superuser', 'shop'), application_name: 'receiver' };
    const client = new pg.Client({ ...config, replication: 'true' } as pg.ClientConfig);
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query<{ xlogpos: string }>('IDENTIFY_SYSTEM');
    // Its answer is the stream, which never ends.
    client.query(`START_REPLICATION PHYSICAL ${rows[0]?.xlogpos}`).catch(() => {});
    await pollUntil('the receiver to stream', async () => {
      const seen = await this.onPrimary(
        `SELECT FROM pg_stat_replication WHERE application_name = 'receiver' AND state = 'streaming'`,
      );
      return seen.length === 1;
    });
    const { connection } = client as pg.Client & { connection: { stream: { destroy(): void } } };
    return { stop: () => connection.stream.destroy() };
  }

  /** One transaction of the application: a row in, one out, one changed, one with another key, in both tables alike. */
  async change(): Promise<void> {
    this.#changes += 1;
    const at = this.#changes;
    await this.asRole('owner', async (client) => {
      const both = (sql: string) => ['item', 'mirror'].map((table) => sql.replaceAll('$', `public.${table}`));
      await client.query(
        [
          'BEGIN',
          ...both(`INSERT INTO $ VALUES (${1_000 + at}, 'new${at}', 'n')`),
          ...both(`UPDATE $ SET note = 'changed ${at}' WHERE id = (SELECT max(id) FROM $ WHERE id < ${ROWS - 5 * at})`),
          ...both(`DELETE FROM $ WHERE id = ${3 * at}`),
          ...both(`UPDATE $ SET id = ${2_000 + at} WHERE id = ${3 * at + 1}`),
          'COMMIT',
        ].join(';\n'),
      );
    });
  }

  /** Rows that are in one of the two and not in the other: none, always. */
  async differences(): Promise<string[]> {
    const rows = await this.query<{ row: string }>(/* sql */ `
      (TABLE public.item EXCEPT ALL TABLE public.mirror) UNION ALL (TABLE public.mirror EXCEPT ALL TABLE public.item)`);
    return rows.map((row) => JSON.stringify(row));
  }

  /** Names of what is left of ours beside the registry. */
  async leftovers(): Promise<string[]> {
    const rows = await this.query<{ name: string }>(/* sql */ `
      SELECT nspname::text AS name FROM pg_namespace WHERE starts_with(nspname, 'shadowstep_')
      UNION ALL
      SELECT tgname::text FROM pg_trigger WHERE starts_with(tgname, 'shadowstep_')`);
    return rows.map((row) => row.name);
  }

  drive(
    request: Readonly<Record<string, unknown>> = {},
    options: Partial<Omit<DriveOptions, 'url' | 'request'>> = {},
  ): Promise<UnitResult[]> {
    return drive({ url: this.url(), request: { table: 'public.item', workers: 1, ...request }, ...options });
  }

  /** One unit as one invocation does it. `at` is the URL it connects to, if not the endpoint's; by purpose of a session. */
  async unit(
    task: TaskName,
    options: {
      readonly request?: Readonly<Record<string, unknown>>;
      readonly driver?: string;
      readonly observer?: StatementObserver;
      readonly at?: (purpose: string) => string;
    } = {},
  ): Promise<UnitResult> {
    const sessions: Session[] = [];
    try {
      return await runTask(
        task,
        {
          request: { table: 'public.item', workers: 1, ...options.request },
          driver: options.driver ?? 'test:unit',
          unitsDone: 0,
        },
        {
          openSession: async (purpose) => {
            const config = { connectionString: options.at?.(purpose) ?? this.url() };
            const session = await openPostgresSession(
              config,
              options.observer === undefined ? { purpose } : { purpose, observer: options.observer },
            );
            sessions.push(session);
            return session;
          },
          remainingMs: () => 3_600_000,
          log: silentLogger,
        },
      );
    } finally {
      await Promise.all(sessions.map((session) => session.end()));
    }
  }

  /** As the superuser, in the table's database, wherever the endpoint leads. */
  query<R extends pg.QueryResultRow>(text: string): Promise<R[]> {
    return this.asRole('superuser', async (client) => (await client.query<R>(text)).rows);
  }

  /** As the superuser of the primary itself. */
  onPrimary<R extends pg.QueryResultRow>(text: string, database = 'shop'): Promise<R[]> {
    return onServer(urlAt(this.#primary.port, 'superuser', database), async (c) => (await c.query<R>(text)).rows);
  }

  /** As the superuser of the standby. */
  onStandby<R extends pg.QueryResultRow>(text: string): Promise<R[]> {
    return onServer(urlAt(this.#mustStandby().port, 'superuser', 'shop'), async (c) => (await c.query<R>(text)).rows);
  }

  asRole<T>(role: TestRole | 'superuser', work: (client: pg.Client) => Promise<T>): Promise<T> {
    return onServer(this.url(role), work);
  }

  async stop(): Promise<void> {
    await Promise.all([this.endpoint.close(), this.replication.close()]);
    await Promise.all([this.#standby?.stop(), this.#primary.stop()]);
  }

  #mustStandby(): EmbeddedServer {
    if (this.#standby === null) throw new Error('There is no standby');
    return this.#standby;
  }
}

function urlAt(port: number, role: TestRole | 'superuser', database: string): string {
  const login = role === 'superuser' ? 'postgres:postgres' : `${ROLES[role]}:${ROLE_PASSWORD}`;
  return `postgres://${login}@127.0.0.1:${port}/${database}`;
}
