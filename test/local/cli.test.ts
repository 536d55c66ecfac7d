import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { main } from '../../lambdas/local/cli.ts';
import { CollectingSink } from './sink.ts';

/** The whole command line in this process. */
async function shadowstep(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const [stdout, stderr] = [new CollectingSink(), new CollectingSink()];
  const code = await main(argv, { stdout, stderr, env, stop: new AbortController().signal });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  await once(listener, 'close');
  return typeof address === 'object' && address !== null ? address.port : 1;
}

describe('the command line without a database', () => {
  test('help is on stdout, with exit code 0', async () => {
    const general = await shadowstep([]);
    expect(general).toMatchObject({ code: 0, stderr: '' });
    expect(general.stdout).toContain('Exit codes');
    expect((await shadowstep(['status', '--help'])).stdout).toContain('what is healthy');
  });

  test('faults of usage are on stderr by name, with exit code 2 and no stack', async () => {
    const { code, stdout, stderr } = await shadowstep(['run', '--table', 'orders']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^UsageError: --database-url is missing/);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('with --json every way to end leaves one document', async () => {
    const { code, stdout } = await shadowstep(['run', '--table', 'orders', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'bad-input', error: { name: 'UsageError' } });
  });

  test.each([
    ['mysql://h/d', 'does not begin with postgresql://'],
    ['postgresql://u:s3cret@h:99999/d', 'cannot be read'],
    ['postgresql://u:s3cret@h/d?sslmode=verify-full&sslrootcert=/nowhere.pem', 'cannot be read: /nowhere.pem'],
  ])('the URL %s is a fault of usage, and its password stays unsaid', async (url, says) => {
    const { code, stderr } = await shadowstep(['status', '--database-url', url, '--debug']);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('s3cret');
  });

  test.each(['run', 'plan', 'revert', 'reset', 'clean-up', 'status'])(
    '%s tells an unreachable host at once, with exit code 1',
    async (command) => {
      const url = `postgresql://u:s3cret@127.0.0.1:${await closedPort()}/d`;
      const { code, stderr } = await shadowstep([command, '--table', 'public.orders', '--database-url', url]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^DatabaseUnreachableError: /);
      expect(stderr).not.toContain('s3cret');
    },
  );
});
