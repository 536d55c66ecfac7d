import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandLine } from '../../lambdas/local/arguments.ts';
import { requestOf } from '../../lambdas/local/request-file.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shadowstep-request-'));
});

afterAll(() => rm(folder, { recursive: true }));

function line(changes: Partial<CommandLine>): CommandLine {
  const nothing = { table: null, requestFile: null, stopAfter: null, json: false, debug: false };
  return { command: 'run', databaseUrl: 'postgresql://h/d', ...nothing, ...changes };
}

async function requestFile(content: string): Promise<string> {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.json`);
  await writeFile(path, content);
  return path;
}

describe('the request of a command line', () => {
  test('holds what a person would type into the console, and no more', async () => {
    expect(await requestOf(line({ table: 'public.orders' }))).toEqual({ table: 'public.orders' });
    expect(await requestOf(line({ command: 'revert', table: 'public.orders' }))).toEqual({
      table: 'public.orders',
      action: 'revert',
    });
  });

  test("merges the file's fields with the flags'", async () => {
    const path = await requestFile('{"alter": ["ALTER COLUMN id TYPE bigint"], "unknown": 1}');
    expect(await requestOf(line({ table: 'public.orders', stopAfter: 'SWAP', requestFile: path }))).toEqual({
      table: 'public.orders',
      stopAfter: 'SWAP',
      alter: ['ALTER COLUMN id TYPE bigint'],
      unknown: 1,
    });
  });

  test('one table may be spelt in two ways', async () => {
    const path = await requestFile('{"table": "PUBLIC.orders"}');
    expect(await requestOf(line({ table: 'public."orders"', requestFile: path }))).toEqual({
      table: 'public."orders"',
    });
  });

  test('names every field in which the file contradicts the flags', async () => {
    const path = await requestFile('{"table": "public.lines", "stopAfter": "SETUP", "action": "reset"}');
    const request = requestOf(line({ table: 'public.orders', stopAfter: 'SWAP', requestFile: path }));
    await expect(request).rejects.toMatchObject({
      name: 'UsageError',
      faults: [
        `The field action of --request ${path} is "reset", but \`run\` asks for "repack"`,
        `The field table of --request ${path} is "public.lines", but the flag says public.orders`,
        `The field stopAfter of --request ${path} is "SETUP", but the flag says SWAP`,
      ],
    });
  });

  test.each([
    ['[]', 'must hold one JSON object'],
    ['"public.orders"', 'must hold one JSON object'],
    ['{"table": ', 'is not JSON'],
  ])('refuses a file that holds %s', async (content, says) => {
    const request = requestOf(line({ requestFile: await requestFile(content) }));
    await expect(request).rejects.toMatchObject({ name: 'UsageError', message: expect.stringContaining(says) });
  });

  test('refuses a file that is not there', async () => {
    const request = requestOf(line({ requestFile: join(folder, 'absent.json') }));
    await expect(request).rejects.toMatchObject({ name: 'UsageError', message: expect.stringContaining('ENOENT') });
  });
});
