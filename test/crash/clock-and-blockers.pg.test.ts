import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemRun } from '../engine/item-run.ts';
import { drive } from '../lifecycle/drive.ts';
import { type Holder, hold } from '../locks/holders.ts';
import { createLockRun, createTool, DRIVER, type Tool, unitsAs } from '../locks/lock-run.ts';

/** A role that may end the sessions of others, and sees when their transactions began; and one that may do neither. */
interface Watched {
  readonly run: ItemRun;
  readonly tool: Tool;
}

const runs: Watched[] = [];

async function watchedBy(memberOf: readonly string[]): Promise<Watched> {
  const run = await createLockRun();
  const tool = await createTool(run, memberOf);
  runs.push({ run, tool });
  await drive({ url: tool.url, request: { ...run.request, stopAfter: 'POST_SYNC_UPDATE' } });
  return { run, tool };
}

let seeing: Watched;
let blind: Watched;

beforeAll(async () => {
  seeing = await watchedBy(['pg_read_all_stats', 'pg_signal_backend']);
  blind = await watchedBy([]);
});

afterAll(async () => {
  for (const { tool } of runs) await tool.drop();
});

/** An attempt at the swap. */
async function swap({ run, tool }: Watched, patienceSeconds: number): Promise<string> {
  const request = { ...run.request, blockers: 'terminate', blockerPatienceSeconds: patienceSeconds };
  const answer = await unitsAs(tool.url, 'SWAP', { request, driver: DRIVER });
  expect(answer.status).toBe('wait');
  return answer.because;
}

/** What the registry remembers is off by so much, as when the database's clock was set since the last look. */
async function setClock({ run }: Watched, forward: string): Promise<void> {
  await run.database.query(
    `UPDATE shadowstep.run
     SET marks = marks || jsonb_build_object(
       'blockers_looked_at', (marks->>'blockers_looked_at')::timestamptz - $1::interval,
       'blockers_seen', (SELECT jsonb_object_agg(key, value::timestamptz - $1::interval) FROM jsonb_each_text(marks->'blockers_seen')))`,
    [forward],
  );
}

/** As if so many seconds had passed since it was first seen, and a look had come in between. */
async function letPass({ run }: Watched, seconds: number): Promise<void> {
  await run.database.query(
    `UPDATE shadowstep.run
     SET marks = jsonb_set(marks, '{blockers_seen}',
       (SELECT jsonb_object_agg(key, value::timestamptz - $1 * interval '1 second') FROM jsonb_each_text(marks->'blockers_seen')))`,
    [seconds],
  );
}

/** The seconds of patience that an answer says are left. */
function secondsLeft(because: string): number {
  return Number(/is terminated in (\d+) s$/.exec(because)?.[1]);
}

async function isAlive({ run }: Watched, { pid }: Holder): Promise<boolean> {
  return (await run.database.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid])).length > 0;
}

describe('a clock of the database that is set while a session holds the run up', () => {
  it.each(['5 hours', '-1 day'])('(by %s) ends it neither early nor never', async (jump) => {
    const holder = await hold(seeing.run.database, 'reader');
    expect(secondsLeft(await swap(seeing, 600))).toBe(600);
    await setClock(seeing, jump);
    // A second is sure to have passed, whatever the clock says.
    expect(secondsLeft(await swap(seeing, 600))).toBe(599);
    expect(await isAlive(seeing, holder)).toBe(true);
    await letPass(seeing, 600);
    expect(await swap(seeing, 600)).toMatch(/; was terminated$/);
    expect(await isAlive(seeing, holder)).toBe(false);
  });

  it('(back by a day) hides none whose age only the first sight tells: he is named, and nobody queues behind him', async () => {
    const holder = await hold(blind.run.database, 'reader');
    const attempts = async () =>
      (await blind.run.database.query(`SELECT FROM shadowstep.event WHERE kind = 'wait' AND lock_wait_ms > 0`)).length;
    expect(await swap(blind, 600)).toContain(`pid ${holder.pid} `);
    await setClock(blind, '-1 day');
    expect(await swap(blind, 600)).toContain(`pid ${holder.pid} `);
    expect(await attempts()).toBe(0);
    await holder.release();
  });
});
