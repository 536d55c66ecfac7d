import { beforeAll, describe, expect, it } from 'vitest';
import { LEASE_SECONDS } from '../../lambdas/engine/registry/runs.ts';
import { errorOf } from '../engine/item-run.ts';
import { ShelfRun } from './shelf-run.ts';

let template: ShelfRun;

beforeAll(async () => {
  template = await ShelfRun.create();
  await template.run.through('SETUP');
});

/** By so much the end of the lease is off, as when the database's clock was set between two heartbeats. */
async function moveLease(shelf: ShelfRun, interval: string): Promise<void> {
  await shelf.run.database.query(`UPDATE shadowstep.run SET driver_expires_at = driver_expires_at + $1::interval`, [
    interval,
  ]);
}

async function leaseSeconds(shelf: ShelfRun): Promise<number> {
  const [row] = await shelf.run.database.query<{ seconds: number }>(
    `SELECT EXTRACT(epoch FROM driver_expires_at - clock_timestamp())::float8 AS seconds FROM shadowstep.run`,
  );
  return row?.seconds ?? 0;
}

describe('a clock of the database that was set back', () => {
  it('keeps a second driver out for the length of a lease, not for the length of the jump', async () => {
    const shelf = await template.clone();
    await shelf.run.unit('BACKFILL', { driver: 'aws:dead' });
    await moveLease(shelf, '1 day');
    expect((await errorOf(shelf.run.drive({}, { driver: 'aws:next' }))).name).toBe('RunAlreadyDrivenError');
    expect(await leaseSeconds(shelf)).toBeLessThanOrEqual(LEASE_SECONDS);
    // The dead one does not renew it, and its time passes.
    await moveLease(shelf, `-${LEASE_SECONDS} seconds`);
    await shelf.run.drive({}, { driver: 'aws:next' });
    await shelf.expectEnded('DONE');
  });

  it('takes the run from no driver who lives', async () => {
    const shelf = await template.clone();
    await shelf.run.unit('BACKFILL', { driver: 'aws:living' });
    await moveLease(shelf, '1 day');
    const refused = await errorOf(shelf.run.drive({}, { driver: 'aws:next' }));
    expect(refused.message).toMatch(new RegExp(`lease ends in (${LEASE_SECONDS}|${LEASE_SECONDS - 1}) s`));
    await shelf.run.unit('SYNC_SCHEMAS', { driver: 'aws:living' });
    expect((await errorOf(shelf.run.drive({}, { driver: 'aws:next' }))).name).toBe('RunAlreadyDrivenError');
    await shelf.run.drive({}, { driver: 'aws:living' });
    await shelf.expectEnded('DONE');
  });
});

describe('a clock of the database that was set forward', () => {
  it('lets a second driver in, and the first one out at its next transaction (I-12)', async () => {
    const shelf = await template.clone();
    let seconds = 0;
    const first = shelf.run.drive(
      {},
      {
        driver: 'aws:first',
        async onUnit(task) {
          if (task !== 'BACKFILL' || seconds > 0) return;
          seconds = await leaseSeconds(shelf);
          await moveLease(shelf, '-5 hours');
          await shelf.run.unit('SYNC_SCHEMAS', { driver: 'aws:second' });
        },
      },
    );
    expect((await errorOf(first)).name).toBe('RunAlreadyDrivenError');
    await shelf.run.drive({}, { driver: 'aws:second' });
    await shelf.expectEnded('DONE');
  });

  it.each(['10 years', '-10 years'])('by %s makes of the marks in the registry no endless wait', async (interval) => {
    const shelf = await template.clone();
    await shelf.run.through('BACKFILL');
    await shelf.run.database.query(
      `
      UPDATE shadowstep.run SET marks = marks || jsonb_build_object(
        'vacuum_sent_at', (clock_timestamp() + $1::interval)::text,
        'old_snapshots_since', (clock_timestamp() + $1::interval)::text)`,
      [interval],
    );
    await shelf.run.drive({}, { driver: 'aws:one' });
    await shelf.expectEnded('DONE');
  });
});
