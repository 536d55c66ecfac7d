import pg from 'pg';
import { KeptConnections, openPostgresSession } from '../engine/postgres/connect.ts';
import type { ConnectOptions } from '../engine/postgres/postgres-session.ts';
import type { Session, StatementObserver } from '../engine/postgres/session.ts';
import { UsageError } from './usage-error.ts';

/** Opens a session as the engine asks for it; `statementTimeoutMs` bounds its statements where a handler says so. */
export type OpenLocalSession = (purpose: string, statementTimeoutMs?: number) => Promise<Session>;

/**
 * Opens sessions on the database of `url`, which is read at once: a fault of it is the caller's (UsageError), and the
 * text of its own error is dropped, since that may hold the password. The URL is node-postgres's
 * (`postgresql://…?sslmode=verify-full&sslrootcert=…`, sockets too); what it leaves out comes from PGHOST, PGUSER,
 * PGPASSWORD and ~/.pgpass.
 */
export function sessionsOn(url: string, observer?: StatementObserver): OpenLocalSession {
  const config = configOf(url);
  return (purpose, statementTimeoutMs) =>
    openPostgresSession(config, connectOptions(purpose, statementTimeoutMs, observer));
}

/** The same on connections that are kept from one session to the next, until `close`. */
export function keptSessionsOn(url: string): { readonly openSession: OpenLocalSession; close(): Promise<void> } {
  const connections = new KeptConnections(configOf(url));
  return {
    openSession: (purpose, statementTimeoutMs) => connections.open(connectOptions(purpose, statementTimeoutMs)),
    close: () => connections.close(),
  };
}

function connectOptions(
  purpose: string,
  statementTimeoutMs: number | undefined,
  observer?: StatementObserver,
): ConnectOptions {
  return {
    purpose,
    ...(statementTimeoutMs === undefined ? {} : { statementTimeoutMs }),
    ...(observer === undefined ? {} : { observer }),
  };
}

function configOf(url: string): pg.ClientConfig {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new UsageError(['The database URL does not begin with postgresql:// or postgres://']);
  }
  const config: pg.ClientConfig = { connectionString: url };
  try {
    new pg.Client(config);
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    throw new UsageError([
      code === 'ENOENT' || code === 'EACCES'
        ? `The database URL names a certificate or key file that cannot be read: ${path}`
        : 'The database URL cannot be read: is it postgresql://USER:PASSWORD@HOST:PORT/DATABASE, percent-encoded?',
    ]);
  }
  return config;
}
