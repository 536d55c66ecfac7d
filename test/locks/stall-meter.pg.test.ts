import type pg from 'pg';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { untilWaitingForLock } from '../support/poll.ts';
import { CONTROL_AND_ITEM } from './lock-run.ts';
import { StallMeter } from './stall-meter.ts';

/** How long the table is held, and what a busy machine may make of it. */
const HELD_MS = 600;
const AT_LEAST_MS = 300;

let database: TestDatabase;
let meter: StallMeter;

beforeAll(async () => {
  database = await createDatabase();
  const owner = await database.appClient('owner');
  await owner.query(CONTROL_AND_ITEM);
  await owner.query('GRANT SELECT, UPDATE ON public.item TO PUBLIC');
});

beforeEach(async () => {
  meter = await StallMeter.start(database, ['read', 'write']);
});

async function sessionOf(application: string): Promise<pg.Client> {
  const client = await database.client();
  await client.query(`SET application_name = '${application}'`);
  return client;
}

const HOLD = `BEGIN; LOCK TABLE public.item IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(${HELD_MS} / 1000.0); COMMIT`;

describe('the stall meter', () => {
  it('counts as ours what a session of ours holds', async () => {
    const client = await sessionOf('shadowstep/x');
    await client.query(HOLD);
    const stalls = await meter.stop();
    expect(stalls.longestByUsMs).toBeGreaterThanOrEqual(AT_LEAST_MS);
    expect(stalls.timesSeen).toBeGreaterThan(0);
    expect(stalls.mostByUsMs, 'of one session').toBeLessThan(2 * HELD_MS);
  });

  it('counts as ours what queues behind a session of ours that waits itself', async () => {
    const [reader, waiting] = [await sessionOf('reports'), await sessionOf('shadowstep/1/swap')];
    await reader.query('BEGIN; SELECT FROM public.item');
    const waited = waiting.query('BEGIN; LOCK TABLE public.item IN ACCESS EXCLUSIVE MODE; COMMIT');
    await untilWaitingForLock(await database.client(), 'shadowstep/1/swap');
    await reader.query(`SELECT pg_sleep(${HELD_MS} / 1000.0)`);
    await reader.query('COMMIT');
    await waited;
    const stalls = await meter.stop();
    expect(stalls.longestByUsMs).toBeGreaterThanOrEqual(AT_LEAST_MS);
  });

  it('counts as ours what queues behind somebody who waits for a session of ours', async () => {
    const [ours, migration] = [await sessionOf('shadowstep/1/backfill'), await sessionOf('migration')];
    await ours.query('BEGIN; SELECT FROM public.item');
    const waited = migration.query('BEGIN; LOCK TABLE public.item IN ACCESS EXCLUSIVE MODE; COMMIT');
    await untilWaitingForLock(await database.client(), 'migration');
    await ours.query(`SELECT pg_sleep(${HELD_MS} / 1000.0)`);
    await ours.query('COMMIT');
    await waited;
    const stalls = await meter.stop();
    expect(stalls.longestByUsMs).toBeGreaterThanOrEqual(AT_LEAST_MS);
  });

  it('does not count as ours what somebody else holds', async () => {
    const client = await sessionOf('migration');
    await client.query(HOLD);
    const stalls = await meter.stop();
    expect(stalls.longestMs, 'it was felt').toBeGreaterThanOrEqual(AT_LEAST_MS);
    expect(stalls.longestByUsMs).toBeLessThan(AT_LEAST_MS);
    expect(stalls.timesSeen).toBe(0);
  });

  it('does not count what a session of ours holds elsewhere, and says where a stall was felt', async () => {
    await meter.stop();
    const client = await sessionOf('shadowstep/x');
    meter = await StallMeter.start(database, [
      { of: 'kind', sql: 'SELECT FROM public.kind' },
      { of: 'item', sql: 'SELECT FROM public.item WHERE id = 2' },
    ]);
    await client.query(HOLD);
    const apart = (await meter.stop()).apart();
    expect(apart.get('kind')?.longestByUsMs).toBeLessThan(AT_LEAST_MS);
    expect(apart.get('kind')?.timesSeen).toBe(0);
    expect(apart.get('item')?.longestByUsMs).toBeGreaterThanOrEqual(AT_LEAST_MS);
  });

  it('has nothing to tell of a quiet table', async () => {
    const client = await sessionOf('shadowstep/x');
    await client.query(`SELECT pg_sleep(${HELD_MS} / 1000.0)`);
    const stalls = await meter.stop();
    expect(stalls.felt.length).toBeGreaterThan(0);
    expect(stalls.timesSeen).toBe(0);
    expect(stalls.longestByUsMs).toBeLessThan(AT_LEAST_MS);
  });
});
