import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { RefusedError } from '../../lambdas/engine/errors.ts';
import { silentLogger } from '../../lambdas/engine/log.ts';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import type { Session } from '../../lambdas/engine/postgres/session.ts';
import { runTask } from '../../lambdas/engine/run-unit.ts';
import type { TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import { shadowstep } from '../local/shadowstep-process.ts';
import { errorOf } from './item-run.ts';
import { type Bundle, setup } from './pre-validation-setup.ts';

let bundle: Bundle;

afterEach(() => bundle.finish());

/** One task as an invocation does it, as the tool's role, or over sessions that somebody else opens. */
function unit(
  task: TaskName,
  request: Readonly<Record<string, unknown>> = {},
  openSession: () => Promise<Session> = bundle.session,
): Promise<UnitResult> {
  const event = { request: { table: 'shop.orders', ...request }, driver: 'test:refused', unitsDone: 0 };
  return runTask(task, event, { openSession, remainingMs: () => 60_000, log: silentLogger });
}

/** Codes and remedies of the RefusedError that a task ends with. */
async function refusalsOf(running: Promise<unknown>): Promise<(readonly [code: string, remedy: string])[]> {
  const error = await errorOf(running);
  expect(error.name, error.message).toBe('RefusedError');
  return (error as RefusedError).refusals.map(({ code, remedy }) => [code, remedy] as const);
}

async function remedied(refusals: readonly (readonly [string, string])[]): Promise<void> {
  for (const [, remedy] of refusals) {
    await bundle.sql(remedy);
  }
}

/** Parameters that came with PostgreSQL 14. */
const LACKING = ['idle_session_timeout', 'client_connection_check_interval'];

/**
 * A way to the server on which it sounds like an older one, since those names have another last letter there. Ends with
 * the connection; resolves to the URL.
 */
async function wayToOlderServer(url: string): Promise<string> {
  const target = new URL(url);
  const { port, hostname } = target;
  const proxy = createServer((fromUs) => {
    const toServer = connect(Number(port), hostname);
    fromUs.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      const older = LACKING.reduce((sent, name) => sent.replaceAll(name, `${name.slice(0, -1)}_`), text);
      toServer.write(Buffer.from(older, 'latin1'));
    });
    fromUs.on('close', () => toServer.destroy());
    toServer.pipe(fromUs);
    proxy.close();
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  target.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return target.href;
}

const anyRemedy = (code: string) => [code, expect.any(String)];

describe('a run that is refused', () => {
  test('for the version of the server, whose parameters it may lack; not one other question is asked of it', async () => {
    bundle = await setup();
    const asked: string[] = [];
    const oldServer = async () => {
      const session = await openPostgresSession(
        { connectionString: await wayToOlderServer(bundle.toolUrl) },
        { purpose: 'test' },
      );
      return new Proxy(session, {
        get(target, property) {
          if (property === 'serverVersionNum') return 130_022;
          const value = Reflect.get(target, property);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => {
            asked.push(String(args[0]));
            return value.apply(target, args);
          };
        },
      });
    };
    const refusals = await refusalsOf(unit('PRE_VALIDATION', {}, oldServer));
    expect(refusals).toEqual([anyRemedy('UnsupportedServerVersion')]);
    expect(asked.join('\n')).not.toMatch(/has_schema_privilege|has_table_privilege|reloptions/);
  });

  test('for a privilege or for what the table is, through the command line, which ends with 3', async () => {
    bundle = await setup();
    await bundle.sql(`
      REVOKE CREATE ON DATABASE ${bundle.database.name} FROM :tool;
      CREATE FOREIGN DATA WRAPPER nothing;
      CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
      CREATE FOREIGN TABLE shop.elsewhere (id int) SERVER nowhere`);

    const run = await shadowstep(['run', '--json', '--database-url', bundle.toolUrl, '--table', 'shop.elsewhere']);

    const { outcome, error } = JSON.parse(run.stdout);
    expect([run.code, outcome, error.name]).toEqual([3, 'refused', 'RefusedError']);
    expect(error.refusals.map((refusal: { code: string }) => refusal.code)).toEqual([
      'MayNotCreateSchemas',
      'NotAnOrdinaryTable',
    ]);
    expect(run.stderr).toContain(`GRANT CREATE ON DATABASE ${bundle.database.name} TO ${bundle.tool};`);
    expect(await bundle.database.query(`SELECT FROM pg_namespace WHERE nspname LIKE 'shadowstep%'`)).toEqual([]);
  });

  test.each([
    ['PRE_VALIDATION', {}],
    ['REQUEST', { requestId: 'event-1' }],
  ] as const)('in %s for the registry of another role: every GRANT, and then it goes on', async (task, request) => {
    bundle = await setup();
    await bundle.sql(`
      CREATE TABLE public.first_of_all (id int PRIMARY KEY)`);
    const asSuperuser = () => openPostgresSession({ connectionString: bundle.database.url }, { purpose: 'test' });
    await unit('PRE_VALIDATION', { table: 'public.first_of_all' }, asSuperuser);

    const refusals = await refusalsOf(unit(task, request));

    expect(refusals).toEqual([['MayNotUseRegistry', expect.stringContaining('GRANT USAGE ON SCHEMA shadowstep TO ')]]);
    await remedied(refusals);
    expect((await unit(task, request)).status).toBe('done');
  });
});

describe('a schema shadowstep that is not ours', () => {
  test.each([
    ['with a table run', 'CREATE TABLE shadowstep.run (id int)'],
    ['with a table migration of another shape', 'CREATE TABLE shadowstep.migration (version text)'],
    ['with a function', `CREATE FUNCTION shadowstep.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`],
  ])('%s is refused, and goes once it has another name', async (_what, object) => {
    bundle = await setup();
    await bundle.sql(`CREATE SCHEMA shadowstep AUTHORIZATION :other; SET ROLE :other; ${object}; RESET ROLE`);
    const refusals = await refusalsOf(unit('PRE_VALIDATION'));
    expect(refusals).toEqual([['RegistrySchemaTaken', expect.stringContaining('ALTER SCHEMA shadowstep RENAME TO')]]);
    await remedied(refusals);
    expect((await unit('PRE_VALIDATION')).status).toBe('done');
  });

  test('and is empty is made the registry, where the role may', async () => {
    bundle = await setup();
    await bundle.sql('CREATE SCHEMA shadowstep AUTHORIZATION :other');
    const refusals = await refusalsOf(unit('PRE_VALIDATION'));
    expect(refusals).toEqual([['RegistrySchemaTaken', `GRANT USAGE, CREATE ON SCHEMA shadowstep TO ${bundle.tool};`]]);
    await remedied(refusals);
    expect((await unit('PRE_VALIDATION')).status).toBe('done');
  });
});
