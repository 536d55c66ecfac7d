import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { STAGES } from '../../lambdas/engine/stages.ts';
import { dumpCatalog } from '../support/catalog-dump.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { createOrdersFixture } from '../support/fixtures.ts';
import { pollUntil } from '../support/poll.ts';
import { shadowstep, spawnShadowstep, spawnThroughNpm } from './shadowstep-process.ts';

const ROWS = 3_000;

let template: TestDatabase;
let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shadowstep-cli-'));
  template = await createDatabase();
  await createOrdersFixture(await template.appClient('owner'), { rows: ROWS, bloat: 0.5 });
});

beforeEach(async () => {
  database = await template.clone();
});

afterAll(() => rm(folder, { recursive: true }));

/** The arguments of a command on the test's database, as the owner. */
function command(name: string, ...flags: string[]): string[] {
  return [name, '--database-url', database.urlOf('owner'), '--table', 'public.orders', ...flags];
}

async function requestFile(request: Record<string, unknown>): Promise<string> {
  const path = join(folder, `${database.name}.json`);
  await writeFile(path, JSON.stringify(request));
  return path;
}

async function catalog(): Promise<string> {
  return dumpCatalog(await database.client());
}

async function schemas(): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    /* sql */ `SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'shadowstep%' ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}

async function document(argv: readonly string[]) {
  const { code, stdout, stderr } = await shadowstep([...argv, '--json']);
  return { code, stderr, json: JSON.parse(stdout) };
}

/** A session that keeps SETUP from its lock, until released. */
async function blockSetup(): Promise<pg.Client> {
  const blocker = await database.client();
  await blocker.query('BEGIN; LOCK TABLE public.orders IN ROW EXCLUSIVE MODE');
  return blocker;
}

async function untilRunWaits(): Promise<void> {
  await pollUntil('a run that waits for the blocker', async () => {
    const [known] = await database.query(/* sql */ `SELECT to_regclass('shadowstep.run') IS NOT NULL AS there`);
    if (!known?.there) return false;
    const [run] = await database.query(
      /* sql */ `SELECT waiting_for IS NOT NULL OR last_error IS NOT NULL AS waits FROM shadowstep.run`,
    );
    return run?.waits === true;
  });
}

describe('run', () => {
  test('goes to the end and says what it did, in one JSON document', async () => {
    const before = await catalog();
    const { code, json, stderr } = await document(command('run'));
    expect({ code, error: json.error, outcome: json.outcome, stage: json.stage }, stderr).toEqual({
      code: 0,
      error: null,
      outcome: 'done',
      stage: 'DONE',
    });
    expect(json).toMatchObject({
      table: 'public.orders',
      rowsCopied: String(ROWS),
      keysDrained: '0',
      keysPutBack: '0',
      longestLockWaitMs: expect.any(Number),
      longestLockHeldMs: expect.any(Number),
      bytesBefore: expect.stringMatching(/^\d+$/),
      bytesAfter: expect.stringMatching(/^\d+$/),
      verification: { result: 'passed', rowsCompared: String(ROWS), differences: '0' },
      foreignKeys: { validated: 2, leftNotValid: 0 },
      findings: [],
    });
    const stages: { stage: string; durationMs: number | null }[] = json.stages;
    expect(stages.map((one) => one.stage)).toEqual([...STAGES]);
    expect(stages.every((one) => typeof one.durationMs === 'number')).toBe(true);
    expect(await catalog()).toBe(before);
    expect(await schemas()).toEqual(['shadowstep']);
    for (const stage of STAGES) expect(stderr).toContain(stage);
  });

  test('without --json tells a person the same, progress included, and nothing on stderr', async () => {
    const { code, stdout, stderr } = await shadowstep(command('run'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^BACKFILL +begins$/m);
    expect(stdout).toMatch(/^public\.orders: run 1 is DONE: /m);
    expect(stdout).toMatch(/^ {2}verification +passed: 3,000 rows compared, no difference$/m);
  });

  test.each(['PRE_VALIDATION', 'BACKFILL', 'SWAP', 'CLEAN_UP'])(
    '--stop-after %s ends well, and a later run goes on to the end',
    async (stage) => {
      const stopped = await document(command('run', '--stop-after', stage));
      expect(stopped).toMatchObject({
        code: 0,
        json: { outcome: stage === 'CLEAN_UP' ? 'done' : 'stopped', error: null },
      });
      if (stage === 'SWAP') expect(stopped.json.foreignKeys).toEqual({ validated: 2, leftNotValid: 0 });
      const again = await document(command('run'));
      expect(again).toMatchObject({
        code: 0,
        json: { outcome: 'done', stage: 'DONE', verification: { result: 'passed' } },
      });
      if (stage !== 'CLEAN_UP') expect(again.json.runId).toBe(stopped.json.runId);
    },
  );

  test('is refused while another driver is alive; interrupted, that one ends with 130, and a third goes on', async () => {
    const blocker = await blockSetup();
    const stop = new AbortController();
    const first = shadowstep(command('run', '--json'), stop.signal);
    await untilRunWaits();
    const second = await document(command('run'));
    expect(second).toMatchObject({ code: 3, json: { outcome: 'refused', error: { name: 'RunAlreadyDrivenError' } } });
    stop.abort();
    const interrupted = await first;
    expect(interrupted).toMatchObject({ code: 130, stderr: expect.stringContaining('The same command goes on') });
    expect(JSON.parse(interrupted.stdout)).toMatchObject({ outcome: 'interrupted', stage: 'SETUP', error: null });
    await blocker.query('ROLLBACK');
    expect(await document(command('run'))).toMatchObject({ code: 0, json: { stage: 'DONE', runId: '1' } });
  });

  test('a killed process is seen as gone at once: the same command goes on', async () => {
    const blocker = await blockSetup();
    const { child, ended } = spawnShadowstep(command('run'));
    await untilRunWaits();
    child.kill('SIGKILL');
    await ended;
    await blocker.query('ROLLBACK');
    expect(await document(command('run'))).toMatchObject({ code: 0, json: { stage: 'DONE', runId: '1' } });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends the process politely with %i, and says how to go on', async (signal, code) => {
    await blockSetup();
    const { child, ended } = spawnShadowstep(command('run'));
    await untilRunWaits();
    child.kill(signal);
    const process = await ended;
    expect(process).toMatchObject({ code, stderr: expect.stringMatching(/run 1 of public\.orders is at SETUP/) });
    expect(await document(command('status'))).toMatchObject({ json: { runs: [{ driver: { live: false } }] } });
  });

  test('SIGTERM to npm, which passes it to its shell alone, stops the run politely all the same', async () => {
    await blockSetup();
    const { child, ended } = spawnThroughNpm(command('run'));
    await untilRunWaits();
    child.kill('SIGTERM');
    // The pipes close with the last of the three processes, not with npm.
    expect((await ended).stderr).toMatch(/run 1 of public\.orders is at SETUP/);
    expect(await document(command('status'))).toMatchObject({ json: { runs: [{ driver: { live: false } }] } });
  });

  test('a reader that goes away, as in `run | head -1`, ends neither the run nor its exit code', async () => {
    const { child, ended } = spawnShadowstep(command('run'));
    child.stdout.once('data', () => child.stdout.destroy());
    child.stderr.destroy();
    expect((await ended).code).toBe(0);
    expect(await database.query('SELECT stage FROM shadowstep.run')).toEqual([{ stage: 'DONE' }]);
  });

  test('is refused with a request that differs from the live run', async () => {
    await shadowstep(command('run', '--stop-after', 'SETUP'));
    const differing = await document(command('run', '--request', await requestFile({ workers: 3 })));
    expect(differing).toMatchObject({ code: 3, json: { error: { name: 'RequestDiffersError' }, stage: 'BACKFILL' } });
    expect(differing.stderr).toContain('workers');
  });
});

describe('the ways back', () => {
  test('reset before the swap leaves everything as it was', async () => {
    const before = await catalog();
    await shadowstep(command('run', '--stop-after', 'SYNC_SCHEMAS'));
    expect(await schemas()).toEqual(['shadowstep', 'shadowstep_1', 'shadowstep_1_old']);
    expect(await document(command('reset'))).toMatchObject({ code: 0, json: { outcome: 'done', stage: 'RESET' } });
    expect(await catalog()).toBe(before);
    expect(await schemas()).toEqual(['shadowstep']);
  });

  test('revert after the swap brings the old table back', async () => {
    const before = await catalog();
    const [{ oid }] = (await database.query(`SELECT 'public.orders'::regclass::oid AS oid`)) as [{ oid: number }];
    await shadowstep(command('run', '--stop-after', 'SWAP'));
    expect(await document(command('revert'))).toMatchObject({ code: 0, json: { outcome: 'done', stage: 'REVERTED' } });
    expect(await database.query(`SELECT 'public.orders'::regclass::oid AS oid`)).toEqual([{ oid }]);
    expect(await catalog()).toBe(before);
  });

  test('keepOldTable keeps it until clean-up is asked for', async () => {
    const kept = await document(command('run', '--request', await requestFile({ keepOldTable: true })));
    expect(kept).toMatchObject({ code: 0, json: { outcome: 'stopped', stage: 'CLEAN_UP' } });
    expect(await document(command('clean-up'))).toMatchObject({ code: 0, json: { outcome: 'done', stage: 'DONE' } });
    expect(await schemas()).toEqual(['shadowstep']);
  });

  test.each(['revert', 'reset', 'clean-up'])('%s without a run is refused, and leaves nothing behind', async (name) => {
    expect(await document(command(name))).toMatchObject({ code: 3, json: { error: { name: 'NoSuchRunError' } } });
    expect(await schemas()).toEqual([]);
  });

  test('what does not fit the stage is refused', async () => {
    await shadowstep(command('run', '--stop-after', 'SETUP'));
    for (const name of ['revert', 'clean-up']) {
      expect(await document(command(name))).toMatchObject({ code: 3, json: { error: { name: 'WrongStageError' } } });
    }
  });
});

describe('plan and status', () => {
  test('plan shows the steps and changes nothing', async () => {
    const { code, stdout, stderr } = await shadowstep(command('plan'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('ACCESS EXCLUSIVE');
    expect(await document(command('plan'))).toMatchObject({ code: 0, json: { outcome: 'done', refusals: [] } });
    expect(await schemas()).toEqual([]);
  });

  test('plan tells of a live run: that `run` goes on with it, or by which names it is refused', async () => {
    await shadowstep(command('run', '--stop-after', 'SETUP'));
    const same = await document(command('plan'));
    expect(same).toMatchObject({
      code: 0,
      json: {
        outcome: 'done',
        liveRun: { runId: '1', stage: 'BACKFILL', driver: { id: null, live: false }, differingFields: [] },
        refusals: [],
        plan: null,
      },
    });
    expect((await shadowstep(command('plan'))).stdout).toMatch(/run 1 is live, at BACKFILL, driven by nobody/);

    const driver = await database.client();
    await driver.query(`
      UPDATE shadowstep.run SET driver = 'arn:execution', driver_expires_at = clock_timestamp() + interval '60 s'`);
    const other = await document(command('plan', '--request', await requestFile({ workers: 3, verify: false })));
    expect(other).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/refused for 2 reasons[\s\S]*at BACKFILL, driven by arn:execution/),
      json: {
        outcome: 'refused',
        liveRun: { driver: { id: 'arn:execution', live: true }, differingFields: ['verify', 'workers'] },
        refusals: [{ code: 'RunAlreadyDrivenError' }, { code: 'RequestDiffersError' }],
      },
    });
    await driver.query(
      `UPDATE shadowstep.run SET driver = NULL, driver_expires_at = NULL, swapped_at = now(), stage = 'REVERT'`,
    );
    expect(await document(command('plan'))).toMatchObject({
      code: 3,
      json: { liveRun: { stage: 'REVERT' }, refusals: [{ code: 'WrongStageError' }] },
    });
  });

  test('status of a database without a registry is empty, and makes none', async () => {
    expect(await document(command('status'))).toMatchObject({ code: 0, json: { runs: [] } });
    expect((await shadowstep(command('status'))).stdout).toBe('There is no run of public.orders in this database.\n');
    expect(await schemas()).toEqual([]);
  });

  test('status shows where a run is', async () => {
    await shadowstep(command('run', '--stop-after', 'BACKFILL'));
    const { stdout } = await shadowstep(command('status'));
    expect(stdout).toMatch(/^public\.orders: run 1, SYNC_SCHEMAS$/m);
    // The estimate is what autovacuum last made of it.
    expect(stdout).toMatch(/^ {2}rows copied +3,000 of about [23],\d{3}$/m);
  });
});

describe('bad input', () => {
  test.each([
    ['an unknown table', 'public.nothing'],
    ['a view', 'public.orders_view'],
    ['a table without a key', 'public.keyless'],
  ])('%s is refused by run and plan alike, with nothing left behind', async (_what, table) => {
    await database.query('CREATE VIEW public.orders_view AS SELECT 1; CREATE TABLE public.keyless (a int)');
    for (const name of ['plan', 'run']) {
      const argv = [name, '--database-url', database.url, '--table', table];
      const { code, json } = await document(argv);
      expect({ name, code, outcome: json.outcome }).toEqual({ name, code: 3, outcome: 'refused' });
    }
    expect(await schemas()).toEqual([]);
  });

  test('a bad field of the request is told before anything is connected to', async () => {
    const path = await requestFile({ table: 'public.orders', wrokers: 2, lockTimeoutMs: 'x' });
    const { code, stderr } = await shadowstep([
      'run',
      '--database-url',
      'postgresql://127.0.0.1:1/x',
      '--request',
      path,
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^InvalidRequestError: [\s\S]*"wrokers"[\s\S]*Nothing was changed/);
  });

  test('a wrong password and an unknown database are told at once', async () => {
    const url = new URL(database.urlOf('owner'));
    url.password = 'wrong-s3cret';
    const refused = await shadowstep(['run', '--database-url', url.href, '--table', 'public.orders']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/^AuthenticationFailedError: /) });
    expect(refused.stderr).not.toContain('wrong-s3cret');
    const elsewhere = new URL(database.urlOf('owner'));
    elsewhere.pathname = '/nowhere';
    const unknown = await shadowstep(['run', '--database-url', elsewhere.href, '--table', 'public.orders']);
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringMatching(/^ConnectionConfigError: /) });
  });
});
