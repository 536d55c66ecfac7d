import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemRun } from '../engine/item-run.ts';
import { drive } from '../lifecycle/drive.ts';
import { pollUntil } from '../support/poll.ts';
import { hold, pidOf } from './holders.ts';
import { createLockRun, createTool, DRIVER, lastWait, type Tool, unitsAs } from './lock-run.ts';
import { StallMeter } from './stall-meter.ts';

/** A role without pg_read_all_stats: of other roles' sessions it sees the pid, the user and the locks, but no age. */
let blind: Tool;
let run: ItemRun;

beforeAll(async () => {
  run = await createLockRun();
  blind = await createTool(run, []);
  await drive({ url: blind.url, request: { ...run.request, stopAfter: 'POST_SYNC_UPDATE' } });
});

afterAll(async () => {
  await blind?.drop();
});

const swap = () => unitsAs(blind.url, 'SWAP', { request: run.request, driver: DRIVER });

describe('a role that sees nobody’s age', () => {
  it('does not queue behind a transaction that stays, not even the first time, and names it', async () => {
    const holder = await hold(run.database, 'reader');
    const meter = await StallMeter.start(run.database, ['read', 'write']);
    const answer = await swap();
    const stalls = await meter.stop();
    expect(answer).toMatchObject({ status: 'wait' });
    expect(answer.because).toMatch(
      new RegExp(`pid ${holder.pid} \\(${holder.application}, user shadowstep_test_app, 0 s\\) holds AccessShareLock`),
    );
    // Had an attempt been queued behind it, everybody else would have waited for lockTimeoutMs.
    expect(stalls.longestByUsMs).toBeLessThan(90);
    const told = await lastWait(run.database);
    expect(told.waitingFor).toContain(`pid ${holder.pid} `);
    expect(told.blockers).toContainEqual(expect.objectContaining({ pid: holder.pid, command: null }));

    // Another unit, of another process, knows it again: its age counts from the first sight.
    await pollUntil('a second since the first sight', async () => {
      const rows = await run.database.query(/* sql */ `
        SELECT FROM shadowstep.run, jsonb_each_text(marks->'blockers_seen') AS s
        WHERE clock_timestamp() - s.value::timestamptz > interval '1 s'`);
      return rows.length === 1;
    });
    expect((await swap()).because).toMatch(new RegExp(`pid ${holder.pid} \\(.*, [12] s\\)`));
    await holder.release();
  });

  it('does not take the next transaction of the same session for the one it has seen', async () => {
    const client = await run.database.appClient();
    await client.query('BEGIN; SELECT FROM public.item');
    const pid = await pidOf(client);
    await swap();
    const seen = async () => {
      const [row] = await run.database.query<{ keys: string[] }>(
        `SELECT ARRAY(SELECT jsonb_object_keys(marks->'blockers_seen')) AS keys FROM shadowstep.run`,
      );
      return row?.keys ?? [];
    };
    const first = await seen();
    expect(first).toEqual([expect.stringMatching(new RegExp(`^${pid} \\d+/\\d+$`))]);
    await client.query('COMMIT');
    await client.query('BEGIN; SELECT FROM public.item');
    await swap();
    expect(await seen()).toEqual([expect.not.stringMatching(`^${first[0]}$`)]);
    await client.query('COMMIT');
  });

  it('goes through beside short transactions that never leave a gap', async () => {
    let running = true;
    const traffic = Array.from({ length: 3 }, async () => {
      const client = await run.database.appClient();
      while (running) {
        await client.query(`BEGIN; UPDATE public.item SET kind_id = 1 WHERE id = 5; COMMIT`);
      }
    });
    const answer = await pollUntil('the swap', async () => {
      const one = await swap();
      return one.message.startsWith('changed places') ? one : null;
    });
    running = false;
    await Promise.all(traffic);
    expect(answer.stage).toBe('SWAP');
  });
});
