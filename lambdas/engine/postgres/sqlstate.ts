import pg from 'pg';
import { type ErrorName, PostgresError, ShadowstepError } from '../errors.ts';
import { conditionOf } from './conditions.ts';
import { safeMessage } from './safe-message.ts';

/** What a SQLSTATE means to us. By SQLSTATE, never by message: messages are translated and change between majors. */
interface Meaning {
  readonly name: ErrorName;
  readonly says: string;
}

/**
 * One table for the whole product. Appendix A of the manual names the codes; what is not listed is a DatabaseError,
 * which no machine retries.
 */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  '55P03': { name: 'LockTimeoutError', says: 'A lock was not had within lock_timeout.' },
  '40P01': { name: 'DeadlockError', says: 'The server chose this transaction as the victim of a deadlock.' },
  '40001': { name: 'SerializationError', says: 'The transaction could not be serialised.' },
  '57014': {
    name: 'StatementTimeoutError',
    says: 'A statement took longer than its statement_timeout, or was cancelled.',
  },
  '57P01': {
    name: 'ServerShuttingDownError',
    says: 'The connection was terminated by an administrator, or the server is stopping.',
  },
  '57P02': { name: 'ServerShuttingDownError', says: 'The server is recovering from a crash of another connection.' },
  '57P03': { name: 'ServerShuttingDownError', says: 'The server is starting up or shutting down.' },
  '57P05': { name: 'ConnectionLostError', says: 'The session was ended for idling too long.' },
  '25P04': { name: 'StatementTimeoutError', says: 'A transaction took longer than its transaction_timeout.' },
  '25P03': { name: 'ConnectionLostError', says: 'The session was ended for idling in a transaction.' },
  '25006': { name: 'ReadOnlyServerError', says: 'The server takes no writes (a standby, or a failover under way).' },
  '53300': { name: 'TooManyConnectionsError', says: 'The server has no free connection slot.' },
  '53100': { name: 'OutOfDiskError', says: 'The server is out of disk space.' },
  '53200': { name: 'OutOfMemoryError', says: 'The server is out of memory.' },
  '28P01': { name: 'AuthenticationFailedError', says: 'The server refused the password.' },
  '28000': { name: 'AuthenticationFailedError', says: 'The server refused this user (pg_hba.conf, IAM grant or TLS).' },
  '3D000': { name: 'ConnectionConfigError', says: 'The database does not exist.' },
  '42501': { name: 'PrivilegeError', says: 'The role lacks a privilege.' },
  '08000': { name: 'ConnectionLostError', says: 'The connection failed.' },
  '08003': { name: 'ConnectionLostError', says: 'The connection does not exist any more.' },
  '08006': { name: 'ConnectionLostError', says: 'The connection broke.' },
  '08001': { name: 'ConnectionLostError', says: 'The connection could not be made.' },
  '08004': { name: 'ConnectionLostError', says: 'The server rejected the connection.' },
  '08P01': { name: 'ConnectionLostError', says: 'The connection spoke another protocol.' },
};

/** Errors of the socket, by Node's code; before or while connected. */
const UNREACHABLE_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);
/** Of OpenSSL's verification, as Node spells them (manual of node:tls, "X509 certificate error codes"). */
const CERTIFICATE_CODES = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'INVALID_PURPOSE',
]);
const LOST_CODES = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_DESTROYED', 'ECONNABORTED']);

/** The literal name for a SQLSTATE: DatabaseError when none is known. */
export function errorNameOf(sqlstate: string): ErrorName {
  return MEANINGS[sqlstate]?.name ?? 'DatabaseError';
}

/** Where the server says "tuple concurrently updated" or "deleted" of a catalog's row (heapam.c): an XX000 like any other. */
const CATALOG_ROW_TAKEN_ROUTINES = new Set(['simple_heap_update', 'simple_heap_delete']);

/**
 * True of XX000 that another transaction caused, which changed the same row of a catalog and holds no lock for it: a GRANT
 * up to PostgreSQL 15. It passes when that one has ended; any other XX000 would come again.
 */
export function isCatalogRowTaken(error: unknown): boolean {
  const cause = error instanceof PostgresError ? error.cause : error;
  return (
    cause instanceof pg.DatabaseError && cause.code === 'XX000' && CATALOG_ROW_TAKEN_ROUTINES.has(cause.routine ?? '')
  );
}

/** The SQLSTATE of a PostgreSQL error, also of one already wrapped; null for anything else. */
export function sqlstateOf(error: unknown): string | null {
  if (error instanceof PostgresError) {
    return error.sqlstate;
  }
  return error instanceof pg.DatabaseError ? (error.code ?? null) : null;
}

/** Name of the constraint a PostgreSQL error speaks of, if any. A name of the schema, so safe to show (I-13). */
export function constraintOf(error: unknown): string | null {
  const cause = error instanceof PostgresError ? error.cause : error;
  return cause instanceof pg.DatabaseError ? (cause.constraint ?? null) : null;
}

/**
 * Gives any error of the driver its name and meaning, once; our own errors pass through. What the server said is kept
 * only where it cannot hold row values (safe-message.ts); else the SQLSTATE and the objects of the schema that the error
 * names stand for it.
 */
export function asShadowstepError(error: unknown): ShadowstepError {
  if (error instanceof ShadowstepError) {
    return error;
  }
  if (error instanceof pg.DatabaseError) {
    return saidByServer(error, 'The unit was rolled back.');
  }
  const code = errorCode(error);
  if (code !== null && UNREACHABLE_CODES.has(code)) {
    return unreachable(code, error);
  }
  if ((code !== null && LOST_CODES.has(code)) || isLostConnection(error)) {
    return new PostgresError(
      'ConnectionLostError',
      'The connection to the database was lost. What was not committed was rolled back; the registry knows what was.',
      null,
      error,
    );
  }
  return new PostgresError(
    'DatabaseError',
    error instanceof Error ? `${error.name}: ${error.message}` : 'An unknown error.',
    null,
    error,
  );
}

/**
 * The same for what happens before there is a session, when nothing can have been begun: a host that accepts and stays
 * silent, or hangs up, is not reached; a certificate that nobody here vouches for is a fault of the settings.
 */
export function asConnectError(error: unknown): ShadowstepError {
  if (error instanceof ShadowstepError) {
    return error;
  }
  if (error instanceof pg.DatabaseError) {
    return saidByServer(error, 'No session was opened.');
  }
  const tls = tlsFault(error);
  if (tls !== null) {
    return new PostgresError('ConnectionConfigError', `${tls} No session was opened.`, null, error);
  }
  const code = errorCode(error);
  if ((code !== null && (UNREACHABLE_CODES.has(code) || LOST_CODES.has(code))) || isLostConnection(error)) {
    return unreachable(code ?? (error as Error).message, error);
  }
  return asShadowstepError(error);
}

function saidByServer(error: pg.DatabaseError, ends: string): PostgresError {
  const sqlstate = error.code ?? null;
  const meaning = sqlstate === null ? undefined : MEANINGS[sqlstate];
  const objects = [error.schema, error.table, error.column, error.constraint].filter(Boolean).join('.');
  const said = safeMessage(error) ?? objects;
  return new PostgresError(
    meaning?.name ?? 'DatabaseError',
    `${meaning?.says ?? `The server answered with SQLSTATE ${conditionOf(sqlstate ?? 'unknown')}.`}` +
      `${said === '' ? '' : ` (${said})`} ${ends}`,
    sqlstate,
    error,
  );
}

function unreachable(why: string, cause: unknown): PostgresError {
  return new PostgresError('DatabaseUnreachableError', `The database host could not be reached (${why}).`, null, cause);
}

/** What is wrong with the TLS of a connection, or null: Node's codes of a certificate, and node-postgres's own words. */
function tlsFault(error: unknown): string | null {
  if (error instanceof Error && error.message === 'The server does not support SSL connections') {
    return 'The server does not speak TLS, which the settings ask for (sslmode in the URL).';
  }
  if (error instanceof Error && error.message === 'There was an error establishing an SSL connection') {
    return 'The server did not answer the request for TLS: is it PostgreSQL, and is the port right?';
  }
  const code = errorCode(error) ?? '';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `The server’s certificate is made out to another name than the host's (${code}). Give the host its name there.`;
  }
  if (CERTIFICATE_CODES.has(code)) {
    return (
      `The server’s certificate could not be verified (${code}). Give the authorities to trust, as a PEM file: ` +
      'sslrootcert=FILE in the URL, database.caFile in the configuration of the stack. For RDS and Aurora it is ' +
      'https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem.'
    );
  }
  return code === 'EPROTO' || /^ERR_(SSL|TLS|OSSL)_/.test(code) ? `TLS with the server failed (${code}).` : null;
}

function errorCode(error: unknown): string | null {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return errorCode(error.errors[0]);
  }
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : null;
}

/** node-postgres gives its own connection errors no code: these are their only marks (pg/lib/client.js). */
function isLostConnection(error: unknown): boolean {
  return (
    error instanceof Error &&
    [
      'Connection terminated',
      'Connection terminated unexpectedly',
      'Connection terminated due to connection timeout',
      'timeout expired',
      'Client has encountered a connection error and is not queryable',
      'Client was closed and is not queryable',
    ].includes(error.message)
  );
}
