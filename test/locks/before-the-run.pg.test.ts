import { describe, expect, it } from 'vitest';
import { LockTimeoutError, RefusedError } from '../../lambdas/engine/errors.ts';
import { errorOf } from '../engine/item-run.ts';
import { hold, named, recorded } from './holders.ts';
import { createLockRun, createTool, lastWait, unitAs } from './lock-run.ts';

describe('a lock that is waited for without stalling anybody', () => {
  it('in PRE_VALIDATION: the error names who holds it', async () => {
    const run = await createLockRun();
    const holder = await hold(run.database, 'migration');
    const error = await errorOf(unitAs(run.database.urlOf('owner'), 'PRE_VALIDATION', { request: run.request }));
    expect(error).toBeInstanceOf(LockTimeoutError);
    expect(error.message).toMatch(named(holder));
    await holder.release();
  });

  it('in BACKFILL: the error, an event and the status name who holds it, and nobody else', async () => {
    const run = await createLockRun();
    await run.through('SETUP');
    const reader = await hold(run.database, 'reader');
    await reader.release();
    const holder = await hold(run.database, 'migration');
    const error = await errorOf(run.unit('BACKFILL'));
    const told = await lastWait(run.database);
    const [recordedError] = await run.database.query(`SELECT last_error->>'message' AS message FROM shadowstep.run`);
    await holder.release();
    expect(error).toBeInstanceOf(LockTimeoutError);
    expect(error.message).toMatch(named(holder));
    expect(recordedError?.message).toBe(error.message);
    expect(told.waitingFor).toMatch(named(holder));
    expect(told.blockers).toEqual([expect.objectContaining(recorded(holder))]);
  });
});

describe('"blockers" in a request of a role that may not end others', () => {
  it.each([
    [[], 'GRANT pg_signal_backend, pg_read_all_stats TO '],
    [['pg_read_all_stats'], 'GRANT pg_signal_backend TO '],
    [['pg_signal_backend'], 'GRANT pg_read_all_stats TO '],
  ])('member of %j: is refused with the GRANT that mends it', async (memberOf, remedy) => {
    const run = await createLockRun();
    const tool = await createTool(run, memberOf);
    try {
      for (const blockers of ['cancel', 'terminate']) {
        const error = await errorOf(unitAs(tool.url, 'PRE_VALIDATION', { request: { ...run.request, blockers } }));
        expect(error).toBeInstanceOf(RefusedError);
        expect(error.message).toContain('MayNotEndBlockers');
        expect(error.message).toContain(`${remedy}${tool.role}`);
      }
      for (const group of ['pg_signal_backend', 'pg_read_all_stats']) {
        await run.database.query(`GRANT ${group} TO ${tool.role}`);
      }
      const request = { ...run.request, blockers: 'terminate' };
      expect(await unitAs(tool.url, 'PRE_VALIDATION', { request })).toMatchObject({ status: 'done', stage: 'SETUP' });
    } finally {
      await tool.drop();
    }
  });
});
