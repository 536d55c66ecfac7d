import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleHandlers } from '../../infra/bundle.ts';
import { handlerFile } from '../../infra/function-files.ts';
import { TASKS } from '../../lambdas/engine/stages.ts';

/** Outside the project, so that nothing can be found in its node_modules. */
const folder = mkdtempSync(join(tmpdir(), 'shadowstep-bundle-'));
const asset = join(folder, 'asset');

beforeAll(async () => {
  const caFile = join(folder, 'our-ca.pem');
  writeFileSync(caFile, 'a certificate');
  await bundleHandlers({ directory: asset, caFile });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `source` as an .mjs file under plain Node: `node -e` has a global `require`, which would hide a missing one. */
function runModule(name: string, source: string): unknown {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, source);
  const stdout = execFileSync(process.execPath, [file], {
    cwd: folder,
    encoding: 'utf8',
    // What a function has, and nothing of this process.
    env: {
      PATH: process.env.PATH ?? '',
      AWS_REGION: 'eu-central-1',
      DATABASE_HOST: '127.0.0.1',
      DATABASE_PORT: '1',
      DATABASE_NAME: 'shop',
      DATABASE_IAM_USER: 'repacker',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
    },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

describe('the bundle', () => {
  it('has a handler for every task, importable by plain Node without node_modules', () => {
    const imports = TASKS.map(
      (task) => `[${JSON.stringify(task)}, typeof (await import('./asset/${handlerFile(task)}.mjs')).handler]`,
    );
    const found = runModule('import-all', `console.log(JSON.stringify([${imports.join(', ')}]));`);
    expect(found).toEqual(TASKS.map((task) => [task, 'function']));
  });

  it('parses a statement with PostgreSQL’s own parser: a bad one is refused by name, a good one goes on to connect', () => {
    const invoke = (alter: string) => `
      import { handler } from './asset/request.mjs';
      const context = { getRemainingTimeInMillis: () => 60000, awsRequestId: '1', functionName: 'f',
        functionVersion: '1', invokedFunctionArn: 'arn', memoryLimitInMB: '512' };
      const event = { request: { table: 'public.orders', alter: [${JSON.stringify(alter)}] }, driver: 'd', unitsDone: 0 };
      const error = await handler(event, context).then(() => ({ name: 'none' }), (thrown) => thrown);
      console.log(JSON.stringify({ name: error.name, message: error.message }));`;
    expect(runModule('bad-alter', invoke('ALTER COLUMN id TYPE'))).toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringMatching(/syntax error/),
    });
    expect(runModule('good-alter', invoke('ALTER COLUMN id TYPE bigint'))).toMatchObject({
      name: 'DatabaseUnreachableError',
    });
  });

  it('is the same byte for byte when made again, so that only a change is deployed', async () => {
    const again = join(folder, 'again');
    await bundleHandlers({ directory: again, caFile: join(folder, 'our-ca.pem') });
    expect(readdirSync(again)).toEqual(readdirSync(asset));
    for (const file of readdirSync(asset)) {
      expect(readFileSync(join(again, file)).equals(readFileSync(join(asset, file))), file).toBe(true);
    }
  });

  it('carries the authorities of the configuration', () => {
    expect(readFileSync(join(asset, 'database-ca.pem'), 'utf8')).toBe('a certificate');
  });

  it('links its source maps, and holds no source text', () => {
    const maps = readdirSync(asset).filter((file) => file.endsWith('.map'));
    expect(maps.length).toBeGreaterThanOrEqual(TASKS.length);
    expect(readFileSync(join(asset, 'setup.mjs'), 'utf8')).toContain('sourceMappingURL=setup.mjs.map');
    for (const file of maps)
      expect(JSON.parse(readFileSync(join(asset, file), 'utf8'))).not.toHaveProperty('sourcesContent');
  });
});
