import pg from 'pg';
import { openPostgresSession } from '../engine/postgres/connect.ts';
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
  return (purpose, statementTimeoutMs) =>
    openPostgresSession(config, {
      purpose,
      ...(statementTimeoutMs === undefined ? {} : { statementTimeoutMs }),
      ...(observer === undefined ? {} : { observer }),
    });
}
