import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { claimRun } from '../../lambdas/engine/registry/lease.ts';
import { holdPresence } from '../../lambdas/engine/registry/presence.ts';
import { readRun } from '../../lambdas/engine/registry/runs.ts';
import { pollUntil, untilGone } from '../support/poll.ts';
import { errorOf, ItemRun } from './item-run.ts';

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

describe('two drivers that start at the same moment', () => {
  it('make one run of the table, and one of them is refused', async () => {
    const run = await ItemRun.create();
    await run.drive();
    const outcomes = await Promise.allSettled(
      ['aws:a', 'aws:b'].map((driver) => run.unit('PRE_VALIDATION', { driver })),
    );
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.name] : []));
    expect(refused).toEqual(['RunAlreadyDrivenError']);
    expect(await run.database.query(`SELECT stage FROM shadowstep.run WHERE run_id > 1`)).toEqual([{ stage: 'SETUP' }]);
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
describe('two drivers that start at the same moment, the first in this database', () => {
  it('make the registry once and one run of the table, and one of them is refused', async () => {
    const run = await ItemRun.create();
    const outcomes = await Promise.allSettled(
      ['aws:a', 'aws:b'].map((driver) => run.unit('PRE_VALIDATION', { driver })),
    );
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.name] : []));
    expect(refused).toEqual(['RunAlreadyDrivenError']);
  });
});
