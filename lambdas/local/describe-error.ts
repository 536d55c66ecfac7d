import pg from 'pg';

/** What to do, for the errors whose message, made where the cause is known, cannot know how we were called. */
const ADVICE: Readonly<Record<string, string>> = {
  AuthenticationFailedError:
    'Nothing was changed. Check the user and the password of --database-url (or DATABASE_URL, PGPASSWORD, ~/.pgpass).',
  DatabaseUnreachableError:
    'Nothing more was changed. Check the host and the port of --database-url, and that this machine may reach them; ' +
    'then run the same command again.',
  ConnectionConfigError: 'Nothing was changed. Check --database-url: postgresql://USER:PASSWORD@HOST:PORT/DATABASE.',
  ConnectionLostError: 'Run the same command again: it goes on where the run is recorded.',
  ServerShuttingDownError: 'Run the same command again once the server is back: it goes on where the run is recorded.',
  TooManyConnectionsError: 'Free a connection, or raise max_connections, then run the same command again.',
  OutOfDiskError: 'Free disk space on the server, then run the same command again, or `reset` to drop the copy.',
  OutOfMemoryError: 'Run the same command again once the server has memory.',
  PrivilegeError: '`plan` lists the missing privileges with the GRANT for each.',
  DefinitionError: 'Nothing was changed. `npm ci` puts the installation right.',
};

/** A URL's password, wherever it turns up; our own advice of what a URL looks like holds none. */
const PASSWORD_IN_URL = /\b(postgres(?:ql)?:\/\/(?!USER:PASSWORD@HOST:PORT\/DATABASE\b)[^\s:/@]*):[^\s@]*@/gi;

export function withoutPassword(text: string): string {
  return text.replace(PASSWORD_IN_URL, '$1:***@');
}

export interface DescribedError {
  /** The literal name, an interface to scripts too. */
  readonly name: string;
  /** What happened, what was not changed, what to do. */
  readonly message: string;
}

export function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: withoutPassword(String(error)) };
  }
  const advice = ADVICE[error.name];
  const message = advice === undefined ? error.message : `${error.message}\n${advice}`;
  return { name: error.name, message: withoutPassword(message) };
}

/**
 * The lines for stderr; with `debug` the stacks of the error and of what caused it. Of the driver's own error only the
 * SQLSTATE and the frames: its message may quote a row (I-13).
 */
export function errorLines(error: unknown, debug: boolean): string {
  const { name, message } = describeError(error);
  const lines = [`${name}: ${message}`];
  for (let cause: unknown = error; debug && cause instanceof Error; cause = cause.cause) {
    lines.push(withoutPassword(cause instanceof pg.DatabaseError ? framesOf(cause) : stackOf(cause)));
  }
  return lines.join('\n');
}

function stackOf(error: Error): string {
  return error.stack ?? `${error.name}: ${error.message}`;
}

/** The frames stand behind the message, which may hold lines that look like frames. */
function framesOf(error: pg.DatabaseError): string {
  const stack = error.stack ?? '';
  const header = `: ${error.message}\n`;
  const headerAt = stack.indexOf(header);
  const frames = headerAt === -1 ? '' : `\n${stack.slice(headerAt + header.length)}`;
  return `DatabaseError of the driver, SQLSTATE ${error.code ?? 'unknown'}${frames}`;
}
