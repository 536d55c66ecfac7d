import { expect, it } from 'vitest';
import { once } from '../engine/item-run.ts';
import { createLockRun, DRIVER, lastWait } from './lock-run.ts';
import { LONGEST_STALL_MS, StallMeter } from './stall-meter.ts';

/** The exchange: the block, and COMMIT in the same round trip. */
const EXCHANGE = /^SET LOCAL statement_timeout[\s\S]*COMMIT$/;

/** An event trigger of somebody's, with which the statements of an exchange take more than a second together. */
const SLOW_DDL = /* sql */ `
  CREATE FUNCTION public.slow() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.1); END';
  CREATE EVENT TRIGGER slow ON ddl_command_end EXECUTE FUNCTION public.slow();`;

it('an exchange whose statements are slow is ended by the server, however long its locks took, and tried again', async () => {
  const run = await createLockRun();
  await run.through('POST_SYNC_UPDATE');
  await run.database.query(SLOW_DDL);
  const oid = await run.oid();
  const meter = await StallMeter.start(run.database, ['read', 'write']);
  let attempts = 0;
  const observer = once('before', EXCHANGE, async () => {
    attempts += 1;
  });
  let answer = await run.unit('SWAP', { driver: DRIVER, observer });
  // The look may meet a probe, before any lock is asked for.
  for (let units = 1; units < 100 && attempts === 0; units += 1) {
    answer = await run.unit('SWAP', { driver: DRIVER, observer });
  }
  const stalls = await meter.stop();
  console.log(`An exchange whose statements are slow: ${stalls.describe()}`);

  expect(answer).toMatchObject({ status: 'wait', because: 'the tables did not change places within 170 ms' });
  expect((await lastWait(run.database)).events).toBeGreaterThan(0);
  expect(await run.oid()).toBe(oid);
  expect(stalls.timesSeen, 'somebody waited for the attempt').toBeGreaterThan(0);
  expect(stalls.longestByUsMs).toBeLessThanOrEqual(LONGEST_STALL_MS);
  expect(stalls.longestByUsMs / (stalls.longestByUsMs + answer.waitSeconds * 1_000)).toBeLessThanOrEqual(0.1);

  await run.database.query('DROP EVENT TRIGGER slow');
  expect((await run.drive({}, { driver: DRIVER })).at(-1)).toMatchObject({ stage: 'DONE' });
});
