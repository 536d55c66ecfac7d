import pg from 'pg';
import { PostgresError } from '../errors.ts';
import { applicationName, OWN_WRITE } from '../object-names.ts';
import {
  type ConnectionKeeper,
  type ConnectOptions,
  DEFAULT_STATEMENT_TIMEOUT_MS,
  PostgresSession,
} from './postgres-session.ts';
import type { Session } from './session.ts';
import { asConnectError, asShadowstepError } from './sqlstate.ts';

/** Locks are waited for briefly everywhere: whoever waits longer queues the application behind itself. */
const DEFAULT_LOCK_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * TCP keepalives begin after so long, and libuv sends ten, a second apart (uv_tcp_keepalive): a peer that is gone without a
 * word while a long statement runs is noticed in 20 s. The kernel's own default is two hours.
 */
const KEEPALIVE_AFTER_MS = 10_000;

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
    // Both change what the definitions that the catalog prints mean when they are read again.
    array_nulls: 'on',
    transform_null_equals: 'off',
    [OWN_WRITE]: 'on',
  };
}

/** Names of the errors by which a connection turns out to have been lost while it was kept. */
const LOST_MEANWHILE: ReadonlySet<string> = new Set(['ConnectionLostError', 'ServerShuttingDownError']);

/** Kept connections: as many as a unit usually has at once. */
const MOST_KEPT = 4;

/**
 * Opens sessions on connections that it keeps between them, for a driver that does unit after unit in one process: a new
 * backend reads its catalogs and plans its statements anew, which takes longer than many a unit. A session is put back only
 * when nothing has gone wrong in it; its settings, locks, temporary tables and cursors go with it, its plans stay. An error
 * on one has all of them closed: after a failover they may lead to what is a standby now.
 */
export class KeptConnections implements ConnectionKeeper {
  readonly #config: pg.ClientConfig;
  readonly #kept: pg.Client[] = [];
  #closed = false;

  constructor(config: pg.ClientConfig) {
    this.#config = config;
  }

  /** As `openPostgresSession`. */
  async open(options: ConnectOptions): Promise<Session> {
    const client = this.#kept.pop();
    if (client !== undefined) {
      const session = new PostgresSession(client, options, this);
      try {
        await session.pin(pinnedSettings(options));
        return session;
      } catch (error) {
        await session.end();
        if (!(error instanceof PostgresError && LOST_MEANWHILE.has(error.name))) {
          throw error;
        }
      }
    }
    return openFresh(this.#config, options, this);
  }

  /** Closes the connections that are kept; those in use are closed when their sessions end. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#endKept();
  }

  keep(client: pg.Client): boolean {
    if (this.#closed || this.#kept.length >= MOST_KEPT) {
      return false;
    }
    this.#kept.push(client);
    return true;
  }

  distrust(): void {
    void this.#endKept();
  }

  async #endKept(): Promise<void> {
    await Promise.all(this.#kept.splice(0).map((client) => new PostgresSession(client, { purpose: 'kept' }).end()));
  }
}

/**
 * Opens one fresh connection and pins its settings. Throws AuthenticationFailedError, DatabaseUnreachableError (no answer
 * within CONNECT_TIMEOUT_MS too), ConnectionConfigError (no such database, TLS) or TooManyConnectionsError.
 */
export function openPostgresSession(config: pg.ClientConfig, options: ConnectOptions): Promise<Session> {
  return openFresh(config, options);
}

async function openFresh(
  config: pg.ClientConfig,
  options: ConnectOptions,
  keeper?: ConnectionKeeper,
): Promise<Session> {
  const client = new pg.Client({
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
    ...config,
    types,
    application_name: applicationName(options.purpose),
  });
  // Without a listener an idle socket's error ends the process; the next statement reports it anyway.
  client.on('error', () => {});
  const session = new PostgresSession(client, options, keeper);
  try {
    await connected(client);
    await session.pin(pinnedSettings(options));
    return session;
  } catch (error) {
    await session.end();
    throw asShadowstepError(error);
  }
}

async function connected(client: pg.Client): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    throw asConnectError(error);
  }
}
