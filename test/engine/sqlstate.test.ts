import { AssertionError } from 'node:assert';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { isRetryable, NoSuchRunError } from '../../lambdas/engine/errors.ts';
import { asShadowstepError, constraintOf, sqlstateOf } from '../../lambdas/engine/postgres/sqlstate.ts';

function databaseError(code: string, fields: Partial<pg.DatabaseError> = {}): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('said by the server', 0, 'error'), { code, ...fields });
}

function socketError(code: string): Error {
  return Object.assign(new Error('connect'), { code });
}

/** Appendix A of the manual names the codes. */
const NAMES: readonly (readonly [sqlstate: string, name: string, retryable: boolean])[] = [
  ['55P03', 'LockTimeoutError', true],
  ['40P01', 'DeadlockError', true],
  ['40001', 'SerializationError', true],
  ['57014', 'StatementTimeoutError', true],
  ['57P01', 'ServerShuttingDownError', true],
  ['57P02', 'ServerShuttingDownError', true],
  ['57P03', 'ServerShuttingDownError', true],
  ['57P05', 'ConnectionLostError', true],
  ['25P03', 'ConnectionLostError', true],
  ['08006', 'ConnectionLostError', true],
  ['25006', 'ReadOnlyServerError', true],
  ['53300', 'TooManyConnectionsError', true],
  ['53100', 'OutOfDiskError', false],
  ['53200', 'OutOfMemoryError', false],
  ['28P01', 'AuthenticationFailedError', false],
  ['28000', 'AuthenticationFailedError', false],
  ['3D000', 'ConnectionConfigError', false],
  ['42501', 'PrivilegeError', false],
  ['23505', 'DatabaseError', false],
  ['42P01', 'DatabaseError', false],
];

describe('an error of the server', () => {
  it.each(NAMES)('%s is %s, retryable: %s', (sqlstate, name, retryable) => {
    const error = asShadowstepError(databaseError(sqlstate));
    expect(error.name).toBe(name);
    expect(isRetryable(error)).toBe(retryable);
    expect(sqlstateOf(error)).toBe(sqlstate);
  });

  it('is named by its SQLSTATE whatever its message says: messages are translated', () => {
    const translated = databaseError('55P03');
    translated.message = 'storniere Anfrage wegen Zeitüberschreitung einer Sperre';
    expect(asShadowstepError(translated).name).toBe('LockTimeoutError');
  });

  it.each(['22P02', '22003', '23505', '23514'])(
    'of class 22 or 23 (%s) names objects and repeats nothing else (I-13)',
    (sqlstate) => {
      const error = asShadowstepError(
        databaseError(sqlstate, {
          message: 'invalid input: "planted"',
          detail: 'Key (code)=(planted) already exists.',
          where: 'line "planted"',
          hint: 'planted',
          table: 'orders',
          constraint: 'orders_code_key',
        }),
      );
      expect(error.message).not.toContain('planted');
      expect(error.message).toContain('orders.orders_code_key');
      expect(constraintOf(error)).toBe('orders_code_key');
    },
  );

  it.each(['08006', '25001', '28P01', '2BP01', '3D000', '40001', '42501', '53100', '54000', '55006', '57014', '58030'])(
    'of a class that speaks of no row (%s) keeps the message, and never detail and hint (I-13)',
    (sqlstate) => {
      const error = asShadowstepError(databaseError(sqlstate, { detail: 'planted', hint: 'planted' }));
      expect(error.message).toContain('said by the server');
      expect(error.message).not.toContain('planted');
    },
  );

  it.each(['P0001', 'XX000', 'F0000', 'HV000', '72000', '21000', '42601', '42602', 'ZZ999', ''])(
    'of any other (%s) is told by its SQLSTATE alone (I-13)',
    (sqlstate) => {
      expect(asShadowstepError(databaseError(sqlstate)).message).not.toContain('said by the server');
    },
  );

  it('about a name is repeated where the parser points at the statement, not where a value was looked up', () => {
    expect(asShadowstepError(databaseError('42P01', { position: '8' })).message).toContain('said by the server');
    expect(asShadowstepError(databaseError('42P01')).message).toBe(
      'The server answered with SQLSTATE 42P01, undefined_table. The unit was rolled back.',
    );
  });

  it('out of a function is repeated only where the server itself names an object', () => {
    const where = 'PL/pgSQL function f() line 1 at RAISE';
    const raised = databaseError('42501', { where, routine: 'exec_stmt_raise' });
    expect(asShadowstepError(raised).message).not.toContain('said by the server');
    const missing = databaseError('42501', { where, routine: 'aclcheck_error' });
    expect(asShadowstepError(missing).message).toContain('said by the server');
  });
});

describe('an error of the socket', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ETIMEDOUT'])(
    '%s: the host cannot be reached',
    (code) => {
      expect(asShadowstepError(socketError(code)).name).toBe('DatabaseUnreachableError');
    },
  );

  it('of a host with several addresses is named by the first', () => {
    const error = new AggregateError([socketError('ECONNREFUSED'), socketError('ECONNREFUSED')]);
    expect(asShadowstepError(error).name).toBe('DatabaseUnreachableError');
  });

  it.each(['ECONNRESET', 'EPIPE', 'ERR_STREAM_DESTROYED'])('%s: the connection is lost', (code) => {
    expect(asShadowstepError(socketError(code)).name).toBe('ConnectionLostError');
  });

  it('that node-postgres gives no code is known by its words', () => {
    expect(asShadowstepError(new Error('Connection terminated unexpectedly')).name).toBe('ConnectionLostError');
  });
});

describe('any other error', () => {
  it('of our own passes through', () => {
    const own = new NoSuchRunError('public.orders', 'revert');
    expect(asShadowstepError(own)).toBe(own);
  });

  it('is a DatabaseError, which no machine retries', () => {
    const error = asShadowstepError(new AssertionError({ message: 'a mistake of ours' }));
    expect(error.name).toBe('DatabaseError');
    expect(isRetryable(error)).toBe(false);
    expect(asShadowstepError('thrown').name).toBe('DatabaseError');
  });
});
