import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RefusedError } from '../../lambdas/engine/errors.ts';
import { errorOf, once } from '../engine/item-run.ts';
import { ROLES } from '../support/database.ts';
import { pollUntil } from '../support/poll.ts';
import { ReplicatedItem, ROWS } from './replicated-item.ts';

const LAG = { maxReplicaLagSeconds: 1 };
/** More than one unit can see by itself: it looks for a second. */
const LONGER_LAG = { maxReplicaLagSeconds: 2 };
const DRIVER = 'test:lag';

/** The statement that copies a batch. */
const FIRST_BATCH = /^\s*INSERT INTO "shadowstep_\d+"."item" /;

let item: ReplicatedItem;

beforeAll(async () => {
  item = await ReplicatedItem.start();
  await item.addStandby();
});

beforeEach(async () => {
  await item.onStandby('SELECT pg_wal_replay_resume()');
  await item.fill();
});

afterAll(() => item.stop());

const pauseReplay = () => item.onStandby('SELECT pg_wal_replay_pause()');
const resumeReplay = () => item.onStandby('SELECT pg_wal_replay_resume()');

/** The live run, as the registry has it. */
async function run() {
  const [row] = await item.query<{
    run_id: string;
    stage: string;
    waiting_for: string | null;
    copied: string;
  }>(/* sql */ `
    SELECT r.run_id, r.stage, r.waiting_for,
           (SELECT sum(b.rows_copied) FROM shadowstep.batch AS b WHERE b.run_id = r.run_id) AS copied
    FROM shadowstep.run AS r ORDER BY r.run_id DESC LIMIT 1`);
  if (row === undefined) throw new Error('There is no run');
  return row;
}

const lastWait = async () =>
  (
    await item.query<{ detail: Record<string, unknown> }>(
      `SELECT detail FROM shadowstep.event WHERE kind = 'wait' ORDER BY event_id DESC LIMIT 1`,
    )
  )[0]?.detail;

/** PRE_VALIDATION's refusals of a request with a lag, where there is no run yet. */
async function refusals() {
  const error = await errorOf(item.unit('PRE_VALIDATION', { request: LAG }));
  expect(error.name).toBe('RefusedError');
  return (error as RefusedError).refusals;
}

/** Aurora's function as the user guide describes it, with one reader. */
const standInForAurora = (lag: string) =>
  item.query(/* sql */ `
    CREATE OR REPLACE FUNCTION pg_catalog.aurora_replica_status()
    RETURNS TABLE (server_id text, session_id text, replica_lag_in_msec double precision)
    LANGUAGE sql AS $$ VALUES ('writer-1', 'MASTER_SESSION_ID', NULL::float8), ('reader-1', 'b7f0', ${lag}) $$`);

describe('maxReplicaLagSeconds', () => {
  it('pauses the backfill while a standby does not replay, naming it, and lets it go on afterwards', async () => {
    await item.drive({ ...LONGER_LAG, stopAfter: 'SETUP' });
    await pauseReplay();
    await item.change();
    const paused = await pollUntil('a lag of two seconds', async () => {
      const result = await item.unit('BACKFILL', { request: LONGER_LAG, driver: DRIVER });
      expect(result.status).toBe('wait');
      return result.because.includes('more than') ? result : null;
    });
    expect(paused.because).toMatch(
      /^standby standby_of_test \(127\.0\.0\.1\) lags [\d.]+ s behind, more than maxReplicaLagSeconds \(2\): the backfill pauses$/,
    );
    expect(paused.waitSeconds).toBeGreaterThan(0);
    expect(await run()).toMatchObject({ stage: 'BACKFILL', waiting_for: paused.because, copied: '0' });
    expect(await lastWait()).toMatchObject({ replica: 'standby standby_of_test (127.0.0.1)', maxReplicaLagSeconds: 2 });

    await resumeReplay();
    await item.untilReplayed();
    const results = await item.drive(LONGER_LAG, { driver: DRIVER });
    expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await item.differences()).toEqual([]);
  });

  it('looks between the batches of a slice, and ends the slice', async () => {
    await item.drive({ ...LAG, stopAfter: 'SETUP' });
    const stall = async () => {
      await pauseReplay();
      const [since] = await item.query<{ at: string }>('SELECT clock_timestamp()::text AS at');
      await item.change();
      await pollUntil('the next look at the lag to be due', async () => {
        const [row] = await item.query<{ due: boolean }>(
          `SELECT clock_timestamp() > '${since?.at}'::timestamptz + interval '1.1 seconds' AS due`,
        );
        return row?.due;
      });
    };
    const result = await item.unit('BACKFILL', {
      request: LAG,
      driver: DRIVER,
      observer: once('after', FIRST_BATCH, stall),
    });
    expect(result).toMatchObject({ status: 'wait', stage: 'BACKFILL' });
    const copied = Number((await run()).copied);
    expect(copied).toBeGreaterThan(0);
    expect(copied).toBeLessThan(ROWS);
    await resumeReplay();
    await item.untilReplayed();
    expect((await item.drive(LAG, { driver: DRIVER })).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await item.differences()).toEqual([]);
  });

  it('lets the drain and the swap go on, however far a standby is behind', async () => {
    await item.drive({ ...LAG, stopAfter: 'SYNC_SCHEMAS' });
    await pauseReplay();
    await item.change();
    await item.change();
    const results = await item.drive(LAG);
    expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
    expect(results.filter((result) => result.because.includes('standby'))).toEqual([]);
    expect(await item.differences()).toEqual([]);
    await resumeReplay();
    await item.untilReplayed();
  });

  it('stops the backfill when the role may no longer see the lag, and says which GRANT is missing', async () => {
    await item.drive({ ...LAG, stopAfter: 'SETUP' });
    const hide = {
      membership: [`REVOKE pg_read_all_stats FROM ${ROLES.owner}`, `GRANT pg_read_all_stats TO ${ROLES.owner}`],
      view: [
        'REVOKE SELECT ON pg_catalog.pg_stat_replication FROM PUBLIC, pg_read_all_stats',
        'GRANT SELECT ON pg_catalog.pg_stat_replication TO PUBLIC',
      ],
    } as const;
    for (const [takeAway, giveBack] of Object.values(hide)) {
      await item.query(takeAway);
      const result = await item.unit('BACKFILL', { request: LAG, driver: DRIVER });
      expect(result).toMatchObject({ status: 'wait', waitSeconds: 30 });
      expect(result.because).toContain('the lag of the replicas cannot be read, so the backfill stands still');
      expect(result.because).toContain(`GRANT pg_read_all_stats TO ${ROLES.owner};`);
      expect(await run()).toMatchObject({ stage: 'BACKFILL', waiting_for: result.because, copied: '0' });
      expect(await lastWait()).toHaveProperty('remedy');
      await item.query(giveBack);
    }
    expect((await item.drive(LAG, { driver: DRIVER })).at(-1)).toMatchObject({ stage: 'DONE' });
  });

  it('is refused from the start, with the GRANT, where the role may not see the lag', async () => {
    await item.query(`REVOKE pg_read_all_stats FROM ${ROLES.owner}`);
    const refused = await refusals();
    await item.query(`GRANT pg_read_all_stats TO ${ROLES.owner}`);
    expect(refused).toEqual([
      {
        code: 'ReplicaLagUnreadable',
        message: `maxReplicaLagSeconds is set, but the lag cannot be read: role ${ROLES.owner} may not see how far the replicas are.`,
        remedy: `GRANT pg_read_all_stats TO ${ROLES.owner};`,
      },
    ]);
    expect(await item.leftovers()).toEqual([]);
  });

  it('without any replica is refused, stops a backfill under way, and can be left out to go on', async () => {
    await item.drive({ ...LAG, stopAfter: 'SETUP' });
    await item.cutReplication();
    const result = await item.unit('BACKFILL', { request: LAG, driver: DRIVER });
    expect(result).toMatchObject({ status: 'wait', waitSeconds: 30 });
    expect(result.because).toContain('no replica is connected to this server. -- Connect the standby again; or');
    expect((await run()).copied).toBe('0');
    expect((await item.drive({}, { driver: DRIVER })).at(-1)).toMatchObject({ stage: 'DONE' });
    expect((await refusals()).map((refusal) => refusal.code)).toEqual(['ReplicaLagUnreadable']);
    item.mendReplication();
    await item.untilStreaming();
  });

  it('asks Aurora’s own function where there is one (a stand-in here)', async () => {
    await standInForAurora('4200');
    await item.drive({ ...LAG, stopAfter: 'SETUP' });
    const backfill = () => item.unit('BACKFILL', { request: LAG, driver: DRIVER });
    expect((await backfill()).because).toBe(
      'reader reader-1 lags 4.2 s behind, more than maxReplicaLagSeconds (1): the backfill pauses',
    );
    await standInForAurora('NULL');
    expect((await backfill()).because).toContain('reader reader-1 tells no lag');
    await standInForAurora('1 / 0');
    expect((await backfill()).because).toContain('asking the server failed (DatabaseError, SQLSTATE 22012)');
    await item.query('REVOKE EXECUTE ON FUNCTION pg_catalog.aurora_replica_status() FROM PUBLIC');
    expect((await backfill()).because).toContain('may not see how far the replicas are');
    await item.query('GRANT EXECUTE ON FUNCTION pg_catalog.aurora_replica_status() TO PUBLIC');
    expect((await run()).copied).toBe('0');
    await standInForAurora('20');
    expect(await backfill()).toMatchObject({ status: 'done' });
    await item.query('DROP FUNCTION pg_catalog.aurora_replica_status()');
  });

  it('is not held up by a connection that only receives WAL, as pg_receivewal does', async () => {
    await item.drive({ ...LAG, stopAfter: 'SETUP' });
    const receiver = await item.receiveWal();
    const result = await item.unit('BACKFILL', { request: LAG, driver: DRIVER });
    expect(result).toMatchObject({ status: 'done' });
    receiver.stop();
  });
});
