import pg from 'pg';
import { describe, expect, test } from 'vitest';
import {
  DriverReplacedError,
  InvalidRequestError,
  NoSuchRunError,
  PostgresError,
  RefusedError,
  RequestDiffersError,
  RunAlreadyDrivenError,
  WrongStageError,
} from '../../lambdas/engine/errors.ts';
import { errorLines } from '../../lambdas/local/describe-error.ts';
import { exitCodeOf } from '../../lambdas/local/exit-codes.ts';
import { UsageError } from '../../lambdas/local/usage-error.ts';

describe('exit codes', () => {
  test.each([
    [new UsageError(['x']), 2],
    [new InvalidRequestError(['x']), 2],
    [new RefusedError('t', []), 3],
    [new RunAlreadyDrivenError('t', '1', 'd', 5), 3],
    [new RequestDiffersError('t', '1', ['alter']), 3],
    [new WrongStageError('t', '1', 'revert', 'SETUP', ''), 3],
    [new NoSuchRunError('t', 'reset'), 3],
    [new DriverReplacedError('t', '1'), 1],
    [new PostgresError('AuthenticationFailedError', 'x', '28P01', null), 1],
    [new TypeError('x'), 1],
    ['x', 1],
  ])('of %s is %i', (error, code) => expect(exitCodeOf(error)).toBe(code));
});

describe('an error on stderr', () => {
  const cause = new Error('password authentication failed');
  const error = new PostgresError('AuthenticationFailedError', 'The server refused the password.', '28P01', cause);

  test('is its name, what happened and what to do, without a stack', () => {
    expect(errorLines(error, false)).toBe(
      'AuthenticationFailedError: The server refused the password.\nNothing was changed. Check the user and the password ' +
        'of --database-url (or DATABASE_URL, PGPASSWORD, ~/.pgpass).',
    );
  });

  test('has the stacks of itself and its cause with --debug', () => {
    expect(errorLines(error, true).match(/^ {4}at /gm)?.length).toBeGreaterThan(2);
    expect(errorLines(error, true)).toContain('password authentication failed');
  });

  test('has of the driver’s own error the SQLSTATE and the frames alone, whatever its message looks like (I-13)', () => {
    for (const message of ['planted', 'e', 'planted\n    at planted', 'e: planted']) {
      const driver = Object.assign(new pg.DatabaseError(message, 0, 'error'), { code: '22P02' });
      const lines = errorLines(new PostgresError('DatabaseError', 'It failed.', '22P02', driver), true);
      const ofDriver = lines.slice(lines.indexOf('DatabaseError of the driver, SQLSTATE 22P02\n'));
      expect(ofDriver).not.toContain('planted');
      expect(
        ofDriver
          .split('\n')
          .slice(1)
          .every((line) => /^ {4}at .*[\d)]$/.test(line)),
        ofDriver,
      ).toBe(true);
      expect(ofDriver.split('\n').length).toBeGreaterThan(2);
    }
  });

  test('keeps the advice of what a URL looks like', () => {
    const misled = new PostgresError('ConnectionConfigError', 'x', null, null);
    expect(errorLines(misled, false)).toContain('postgresql://USER:PASSWORD@HOST:PORT/DATABASE');
  });

  test("never holds a URL's password", () => {
    const leaky = new Error('cannot open postgresql://shop:s3cr%40t:x@db.internal:5432/shop');
    expect(errorLines(leaky, true)).not.toContain('s3cr');
    expect(errorLines(leaky, false)).toBe('Error: cannot open postgresql://shop:***@db.internal:5432/shop');
  });
});
