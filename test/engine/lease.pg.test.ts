import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { claimRun } from '../../lambdas/engine/registry/lease.ts';
import { holdPresence } from '../../lambdas/engine/registry/presence.ts';
import { readRun } from '../../lambdas/engine/registry/runs.ts';
import { pollUntil, untilGone, untilWaitingForLock } from '../support/poll.ts';
import { errorOf, ItemRun, once } from './item-run.ts';

let template: ItemRun;

beforeAll(async () => {
  template = await ItemRun.create();
  await template.through('SETUP');
});

const endLease = (run: ItemRun) =>
  run.database.query(`UPDATE shadowstep.run SET driver_expires_at = clock_timestamp() - interval '1 second'`);

async function driverOf(run: ItemRun): Promise<string | null> {
  const [row] = await run.database.query<{ driver: string | null }>('SELECT driver FROM shadowstep.run');
  return row?.driver ?? null;
}

describe('the driver’s lease', () => {
  it('lets one driver advance a run and refuses another while the first is alive', async () => {
    const run = await template.clone();
    await run.unit('BACKFILL', { driver: 'aws:first' });
    const error = await errorOf(run.drive({}, { driver: 'aws:second' }));
    expect(error.name).toBe('RunAlreadyDrivenError');
    expect(error.message).toContain('aws:first');
    expect(await driverOf(run)).toBe('aws:first');
    expect((await run.drive({}, { driver: 'aws:first' })).at(-1)).toMatchObject({ stage: 'DONE' });
  });

  it('passes to another driver once it has ended', async () => {
    const run = await template.clone();
    await run.unit('BACKFILL', { driver: 'aws:first' });
    await endLease(run);
    expect((await run.drive({}, { driver: 'aws:second' })).at(-1)).toMatchObject({ stage: 'DONE' });
  });

  it('is given up by a driver that stops where it was asked to, and by one that an error stops', async () => {
    const run = await template.clone();
    await run.drive({ stopAfter: 'BACKFILL' }, { driver: 'aws:first' });
    expect(await driverOf(run)).toBeNull();
    await run.owner.query('ALTER TABLE public.item DISABLE TRIGGER shadowstep_insert');
    expect((await errorOf(run.drive({}, { driver: 'aws:second' }))).name).toBe('CopyChangedError');
    expect(await driverOf(run)).toBeNull();
  });

  it('of a local driver ends with its process, whatever is left of it', async () => {
    const run = await template.clone();
    const driver = `local:${randomUUID()}`;
    const presence = await holdPresence((purpose) => run.session(purpose), driver);
    await run.unit('BACKFILL', { driver });
    expect((await errorOf(run.drive())).name).toBe('RunAlreadyDrivenError');
    await presence.release();
    await untilGone(await run.database.client(), 'shadowstep/driver');
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
  });

  it('that was lost in the middle of a unit ends it with DriverReplacedError, and what it had open is rolled back (I-12)', async () => {
    const run = await template.clone();
    let wake = () => {};
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    let begun = false;
    const observer = {
      async before(text: string) {
        if (text.startsWith('BEGIN') && text.includes('synchronous_commit = off')) {
          begun = true;
          await asleep;
        }
      },
      after() {},
    };
    const replaced = errorOf(run.unit('BACKFILL', { driver: 'aws:first', observer }));
    await pollUntil('the first driver to be in the middle of its unit', () => begun);
    await endLease(run);
    const session = await run.session('second');
    const found = await readRun(session, 1n);
    if (found === null) throw new Error('There is no run');
    await claimRun(session, found, 'aws:second');
    wake();
    expect((await replaced).name).toBe('DriverReplacedError');
    expect(await driverOf(run), 'the one who was replaced takes nothing away').toBe('aws:second');
    expect(await run.rows('shadowstep_1.item')).toEqual([]);
    await run.endSessions();
    expect((await run.drive({}, { driver: 'aws:second' })).at(-1)).toMatchObject({ stage: 'DONE' });
  });

  it('is renewed by every unit', async () => {
    const run = await template.clone();
    await run.unit('BACKFILL', { driver: 'aws:first' });
    await run.database.query(`UPDATE shadowstep.run SET driver_expires_at = clock_timestamp() + interval '1 second'`);
    await run.unit('SYNC_SCHEMAS', { driver: 'aws:first' });
    const [row] = await run.database.query(
      `SELECT driver_expires_at > clock_timestamp() + interval '30 seconds' AS renewed FROM shadowstep.run`,
    );
    expect(row).toEqual({ renewed: true });
  });
});

/**
 * Two drivers at PRE_VALIDATION at the same moment: the first stands still at the statement that matches until `overlap` is
 * seen of the second. Resolves to the names of the errors, and who drives the run.
 */
async function startBoth(run: ItemRun, observer: 'before' | 'after', at: RegExp, overlap: 'waits' | 'has ended') {
  let second: Promise<unknown> = Promise.resolve();
  const outcomes: PromiseSettledResult<unknown>[] = [];
  const hold = once(observer, at, async () => {
    second = Promise.allSettled([run.unit('PRE_VALIDATION', { driver: 'aws:b' })]).then((settled) => {
      outcomes.push(...settled);
    });
    if (overlap === 'has ended') await second;
    else await untilWaitingForLock(await run.database.client(), 'shadowstep/pre_validation');
  });
  const [first] = await Promise.allSettled([run.unit('PRE_VALIDATION', { driver: 'aws:a', observer: hold })]);
  expect(hold.met, 'the first has stood still').toBe(true);
  await second;
  return {
    first: first.status === 'rejected' ? first.reason.name : 'goes on',
    second: outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.name : 'goes on')).join(),
    driver: (await run.database.query('SELECT driver FROM shadowstep.run WHERE finished_at IS NULL'))[0]?.driver,
    runs: (await run.database.query('SELECT FROM shadowstep.run WHERE finished_at IS NULL')).length,
  };
}

describe('two drivers that start at the same moment', () => {
  it('make one run of the table: who comes later to the row that was not there when both looked is refused', async () => {
    const run = await ItemRun.create();
    await run.drive();
    expect(await startBoth(run, 'before', /INSERT INTO shadowstep\.run\b/, 'has ended')).toEqual({
      first: 'RunAlreadyDrivenError',
      second: 'goes on',
      driver: 'aws:b',
      runs: 1,
    });
  });

  it('make one run of the table: who meets a row that is not committed yet waits for it, and is refused', async () => {
    const run = await ItemRun.create();
    await run.drive();
    expect(await startBoth(run, 'after', /INSERT INTO shadowstep\.run\b/, 'waits')).toEqual({
      first: 'goes on',
      second: 'RunAlreadyDrivenError',
      driver: 'aws:a',
      runs: 1,
    });
  });

  it('the first in this database, make the registry once and one run of the table', async () => {
    const run = await ItemRun.create();
    const { first, second, driver, runs } = await startBoth(run, 'after', /CREATE SCHEMA IF NOT EXISTS/, 'waits');
    expect([first, second].sort()).toEqual(['RunAlreadyDrivenError', 'goes on']);
    expect({ driver, runs }).toEqual({ driver: first === 'goes on' ? 'aws:a' : 'aws:b', runs: 1 });
    expect(
      await run.database.query('SELECT version FROM shadowstep.migration GROUP BY version HAVING count(*) > 1'),
    ).toEqual([]);
  });
});

describe('a request id', () => {
  it('delivered again starts nothing', async () => {
    const run = await ItemRun.create();
    await run.drive({ requestId: 'event-1' });
    const oid = await run.oid();
    const again = await run.drive({ requestId: 'event-1' });
    expect(again).toMatchObject([{ status: 'stop' }]);
    expect(await run.oid()).toBe(oid);
    expect(await run.database.query('SELECT run_id::int FROM shadowstep.run')).toEqual([{ run_id: 1 }]);
  });

  it('delivered again while the first delivery is under way starts nothing and stops nothing', async () => {
    const run = await ItemRun.create();
    await run.drive({ requestId: 'event-1', stopAfter: 'SETUP' });
    await run.unit('BACKFILL', { driver: 'aws:first' });
    expect(await run.drive({ requestId: 'event-1' }, { driver: 'aws:second' })).toMatchObject([{ status: 'stop' }]);
    expect(await driverOf(run)).toBe('aws:first');
  });

  it('of another delivery starts another run', async () => {
    const run = await ItemRun.create();
    await run.drive({ requestId: 'event-1' });
    await run.drive({ requestId: 'event-2' });
    expect(await run.database.query('SELECT stage FROM shadowstep.run')).toHaveLength(2);
  });
});
