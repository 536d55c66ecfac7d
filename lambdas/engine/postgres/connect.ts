import pg from 'pg';
import { applicationName } from '../object-names.ts';
import type { Queryable, Row, Session, StatementObserver, TransactionOptions } from './session.ts';
import { asShadowstepError } from './sqlstate.ts';

export interface ConnectOptions {
  /** Ends up in application_name as `shadowstep/<purpose>`: operators see whose session it is. */
  readonly purpose: string;
  /** statement_timeout of the session, ms; below the invocation's remaining time. Default 60 000. */
  readonly statementTimeoutMs?: number;
  readonly observer?: StatementObserver;
}

/** Locks are waited for briefly everywhere: whoever waits longer queues the application behind itself. */
const DEFAULT_LOCK_TIMEOUT_MS = 1_000;
const DEFAULT_STATEMENT_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** OID of int8: counts and keys arrive as bigint, since a double cannot hold them. */
const INT8_OID = 20;

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: string) =>
    oid === INT8_OID && format !== 'binary'
      ? (text: string) => BigInt(text)
      : pg.types.getTypeParser(oid, format as 'text'),
};

/**
 * Settings that a role, a database or a person may have turned against us, pinned for the session. `row_security = off`
 * makes a policy an error instead of missing rows (faults n5); `client_connection_check_interval` ends a statement whose
 * client has gone; the idle timeout frees the locks of a frozen invocation; temporary names never resolve first.
 */
function pinnedSettings(options: ConnectOptions): Readonly<Record<string, string>> {
  return {
    application_name: applicationName(options.purpose),
    search_path: 'pg_catalog, pg_temp',
    lock_timeout: String(DEFAULT_LOCK_TIMEOUT_MS),
    statement_timeout: String(options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS),
    idle_in_transaction_session_timeout: '30000',
    idle_session_timeout: '0',
    client_connection_check_interval: '5000',
    row_security: 'off',
    default_transaction_isolation: 'read committed',
    default_transaction_read_only: 'off',
    default_transaction_deferrable: 'off',
    default_tablespace: '',
    default_table_access_method: 'heap',
    client_min_messages: 'error',
    standard_conforming_strings: 'on',
    bytea_output: 'hex',
    DateStyle: 'ISO, YMD',
    IntervalStyle: 'postgres',
    extra_float_digits: '1',
    quote_all_identifiers: 'off',
    jit: 'off',
  };
}

/**
 * Opens one fresh connection and pins its settings. Throws AuthenticationFailedError, DatabaseUnreachableError,
 * ConnectionConfigError (no such database) or TooManyConnectionsError.
 */
export async function openPostgresSession(config: pg.ClientConfig, options: ConnectOptions): Promise<Session> {
  const client = new pg.Client({
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    ...config,
    types,
    application_name: applicationName(options.purpose),
  });
  // Without a listener an idle socket's error ends the process; the next statement reports it anyway.
  client.on('error', () => {});
  try {
    await client.connect();
    const session = new PostgresSession(client, options.observer);
    await session.pin(pinnedSettings(options));
    return session;
  } catch (error) {
    await client.end().catch(() => {});
    throw asShadowstepError(error);
  }
}

class PostgresSession implements Session {
  readonly #client: pg.Client;
  readonly #observer: StatementObserver | undefined;
  #ended = false;
  serverVersionNum = 0;
  backendPid: number;

  constructor(client: pg.Client, observer: StatementObserver | undefined) {
    this.#client = client;
    this.#observer = observer;
    // What the protocol's BackendKeyData said: a pooler makes up its own, which PRE_VALIDATION compares.
    this.backendPid = (client as pg.Client & { processID: number }).processID;
  }

  /** The first statement of all: it runs under a search_path that may be anybody's, so every name in it is qualified. */
  async pin(settings: Readonly<Record<string, string>>): Promise<void> {
    const [row] = await this.query<{ version: number }>(
      /* sql */ `
      SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version,
             (SELECT pg_catalog.count(pg_catalog.set_config(s.name, s.value, false))
              FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[]))
                   AS s(name, value)),
             -- PG 17+: it would end a detached statement, and any other transaction, in the middle.
             CASE WHEN pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL
                  THEN pg_catalog.set_config('transaction_timeout', '0', false) END`,
      [Object.keys(settings), Object.values(settings)],
    );
    this.serverVersionNum = row?.version ?? 0;
  }

  async query<R extends object = Row>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    await this.#observer?.before(text);
    const result = await this.#send(() => this.#client.query<R & pg.QueryResultRow>(text, [...values]));
    await this.#observer?.after(text);
    return result.rows;
  }

  async execute(text: string, values: readonly unknown[] = []): Promise<number> {
    await this.#observer?.before(text);
    const result = await this.#send(() => this.#client.query(text, [...values]));
    await this.#observer?.after(text);
    return result.rowCount ?? 0;
  }

  async script(text: string): Promise<Row[][]> {
    await this.#observer?.before(text);
    const result: unknown = await this.#send(() => this.#client.query(text));
    await this.#observer?.after(text);
    const results = (Array.isArray(result) ? result : [result]) as pg.QueryResult<Row>[];
    return results.map((one) => one.rows);
  }

  async transaction<T>(options: TransactionOptions, work: (tx: Queryable) => Promise<T>): Promise<T> {
    await this.script(beginStatement(options));
    let result: T;
    try {
      result = await work(this);
    } catch (error) {
      await this.#client.query('ROLLBACK').catch(() => {});
      throw error;
    }
    await this.query('COMMIT');
    return result;
  }

  async detach(text: string, waitMs: number): Promise<'finished' | 'running'> {
    await this.#observer?.before(text);
    const finished = this.#send(() => this.#client.query(text)).then(() => 'finished' as const);
    const letGo = new AbortController();
    const timer = new Promise<'running'>((resolve) => {
      const handle = setTimeout(() => resolve('running'), Math.max(0, waitMs));
      letGo.signal.addEventListener('abort', () => clearTimeout(handle));
    });
    try {
      const outcome = await Promise.race([finished, timer]);
      if (outcome === 'running') {
        finished.catch(() => {});
        this.#ended = true;
        // Destroyed, not ended: ending would wait for the statement, and a cancel request would stop it.
        (this.#client as pg.Client & { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
      }
      await this.#observer?.after(text);
      return outcome;
    } finally {
      letGo.abort();
    }
  }

  async end(): Promise<void> {
    if (!this.#ended) {
      this.#ended = true;
      await this.#client.end().catch(() => {});
    }
  }

  async #send<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      throw asShadowstepError(error);
    }
  }
}

/** One round trip: BEGIN with its isolation and the local settings. */
function beginStatement(options: TransactionOptions): string {
  const local = [
    options.lockTimeoutMs === undefined ? null : `SET LOCAL lock_timeout = ${Math.trunc(options.lockTimeoutMs)}`,
    options.statementTimeoutMs === undefined
      ? null
      : `SET LOCAL statement_timeout = ${Math.trunc(options.statementTimeoutMs)}`,
    options.asynchronousCommit ? 'SET LOCAL synchronous_commit = off' : null,
  ].filter((statement) => statement !== null);
  return [`BEGIN ISOLATION LEVEL ${options.isolation ?? 'READ COMMITTED'} READ WRITE`, ...local].join('; ');
}
