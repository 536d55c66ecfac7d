import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { type EmbeddedServer, startEmbeddedServer } from './embedded-server.ts';
import { pollUntil } from './poll.ts';

const started: EmbeddedServer[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

async function setup(major: 14 | 18, settings: Record<string, string> = {}): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ major, settings: { fsync: 'off', ...settings } });
  started.push(server);
  return server;
}

async function ask(url: string, text: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return Object.values((await client.query<Record<string, string>>(text)).rows[0] ?? {}).join();
  } finally {
    await client.end();
  }
}

describe('embedded server', () => {
  test('two majors start at once, each on its own port, with locale C, UTF8 and the settings asked for', async () => {
    const [oldest, newest] = await Promise.all([setup(14, { work_mem: '5MB' }), setup(18)]);
    expect(oldest.port).not.toBe(newest.port);
    expect(await ask(oldest.url, 'SHOW server_version')).toMatch(/^14\./);
    expect(await ask(newest.url, 'SHOW server_version')).toMatch(/^18\./);
    expect(await ask(oldest.url, 'SHOW work_mem')).toBe('5MB');
    const verifier = `SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'`;
    expect(await ask(oldest.url, verifier)).toMatch(/^SCRAM-SHA-256\$1:/);
    expect(await ask(newest.url, verifier)).toMatch(/^SCRAM-SHA-256\$1:/);
    expect(
      await ask(newest.url, 'SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE oid = 1'),
    ).toBe('C,UTF8');
  });

  test('a stopped server leaves no directory behind, and stopping twice is no error', async () => {
    const server = await setup(18);
    const directory = await ask(server.url, 'SHOW data_directory');
    expect(existsSync(directory)).toBe(true);
    await server.stop();
    await server.stop();
    expect(existsSync(directory)).toBe(false);
    await expect(ask(server.url, 'SELECT 1')).rejects.toThrow();
  });

  test('a wrong setting is told with the words of the server', async () => {
    await expect(startEmbeddedServer({ major: 18, settings: { no_such_setting: '1' } })).rejects.toThrow(
      /no_such_setting/,
    );
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGKILL', 'exit'] as const)('the server ends with its process: %s', async (how) => {
    const child = startInChild(how === 'exit');
    const directory = await firstLine(child);
    if (how !== 'exit') {
      expect(existsSync(directory)).toBe(true);
      child.kill(how);
    }
    await pollUntil(`${directory} to be removed`, () => !existsSync(directory));
  });
});

/** A process that starts a server and prints its data directory; it then waits, or ends of its own accord. */
function startInChild(endsAtOnce: boolean): ChildProcess {
  const program = `
    import pg from 'pg';
    import { startEmbeddedServer } from ${JSON.stringify(new URL('./embedded-server.ts', import.meta.url).href)};
    const server = await startEmbeddedServer({ major: 18, settings: { fsync: 'off' } });
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    console.log((await client.query('SHOW data_directory')).rows[0].data_directory);
    await client.end();
    ${endsAtOnce ? '' : 'setInterval(() => {}, 60_000);'}
  `;
  return spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The child has no stdout');
  let text = '';
  while (!text.includes('\n')) {
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    text += chunk.toString();
  }
  return text.split('\n')[0] ?? '';
}
