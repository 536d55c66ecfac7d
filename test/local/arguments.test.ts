import { describe, expect, test } from 'vitest';
import { readArguments } from '../../lambdas/local/arguments.ts';
import { UsageError } from '../../lambdas/local/usage-error.ts';

const URL = ['--database-url', 'postgresql://h/d'];

function faultsOf(argv: readonly string[], env: NodeJS.ProcessEnv = {}): readonly string[] {
  try {
    readArguments(argv, env);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).faults;
  }
  throw new Error('no fault was found');
}

describe('the command line', () => {
  test('reads a command with all its flags', () => {
    const argv = ['run', ...URL, '--table', '"My Schema"."My Table"', '--stop-after', 'SWAP', '--json', '--debug'];
    expect(readArguments(argv, {})).toEqual({
      command: 'run',
      databaseUrl: 'postgresql://h/d',
      table: '"My Schema"."My Table"',
      requestFile: null,
      stopAfter: 'SWAP',
      json: true,
      debug: true,
    });
  });

  test('takes the database URL from DATABASE_URL when the flag is absent, and the flag before it', () => {
    const env = { DATABASE_URL: 'postgresql://from-env/d' };
    expect(readArguments(['status'], env)).toMatchObject({ databaseUrl: 'postgresql://from-env/d', table: null });
    expect(readArguments(['status', ...URL], env)).toMatchObject({ databaseUrl: 'postgresql://h/d' });
  });

  test('names every fault at once', () => {
    expect(faultsOf(['run', 'now', '--table', 'orders', '--stop-after', 'swap'])).toEqual([
      'Only one command is taken, and nothing after it without a flag: now',
      '--database-url is missing, and DATABASE_URL is not set',
      '--table orders has no schema: write it out, as in public.orders',
      '--stop-after swap is not a stage: one of PRE_VALIDATION, SETUP, BACKFILL, SYNC_SCHEMAS, POST_SYNC_UPDATE, SWAP, CLEAN_UP',
    ]);
  });

  test.each([
    [['repack', ...URL], 'There is no command repack: one of run, plan, status, revert, reset, clean-up'],
    [['run', ...URL], '`run` needs --table SCHEMA.TABLE'],
    [['reset', ...URL, '--table', 'a.b', '--stop-after', 'SWAP'], '`reset` has no flag --stop-after'],
    [['status', ...URL, '--request', 'f.json'], '`status` has no flag --request'],
    [['run', ...URL, '--table', 'a.b', '--table', 'a.c'], '--table is given more than once'],
    [URL, 'No command is given: one of run, plan, status, revert, reset, clean-up'],
    [['run', ...URL, '--tabel', 'a.b'], "Unknown option '--tabel'"],
    [['run', ...URL, '--table'], "Option '--table <value>' argument missing"],
  ])('refuses %j', (argv, fault) => {
    expect(faultsOf(argv)).toEqual([fault]);
  });

  test('a request file may stand in for --table', () => {
    expect(readArguments(['run', ...URL, '--request', 'f.json'], {})).toMatchObject({
      table: null,
      requestFile: 'f.json',
    });
  });

  test.each([
    [['--help'], null],
    [[], null],
    [['help', '--help'], null],
    [['run', '--help'], 'run'],
    [['status', '-h', '--table', 'nonsense'], 'status'],
  ])('%j asks for help, whatever else is missing', (argv, command) => {
    expect(readArguments(argv, {})).toEqual({ help: true, command });
  });
});
