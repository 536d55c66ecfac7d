import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskName } from '../../lambdas/engine/stages.ts';
import type { ItemRun } from '../engine/item-run.ts';
import { drive } from '../lifecycle/drive.ts';
import { type Holder, hold } from './holders.ts';
import { LateHolders } from './late-holders.ts';
import { createLockRun } from './lock-run.ts';
import { StallMeter, type Stalls } from './stall-meter.ts';

/** How many attempts somebody is in the way of. */
const ATTEMPTS = 6;

/** The statement that asks for the strong lock in each of them. */
const STAGES: readonly (readonly [task: TaskName, locking: RegExp])[] = [
  ['SWAP', /^SET LOCAL statement_timeout[\s\S]*COMMIT$/],
  ['CLEAN_UP', /LOCK TABLE ONLY \S+ IN ACCESS EXCLUSIVE MODE[\s\S]*COMMIT$/],
];

let template: ItemRun;
const lines: string[] = [];

beforeAll(async () => {
  template = await createLockRun();
  await template.through('POST_SYNC_UPDATE');
});

afterAll(() => console.log(`Stalled by us while a blocker stays\n  ${lines.join('\n  ')}`));

interface Blocked {
  readonly attempts: number;
  /** Of the units that came in vain, with the pauses after them that the state machine makes: this drive makes none. */
  readonly seconds: number;
  readonly stalls: Stalls;
}

/** Drives a run to its end while `blocker` is in the way of so many attempts of the stage; what is felt meanwhile. */
async function driveBlocked(
  run: ItemRun,
  task: TaskName,
  blocker: { readonly observer?: LateHolders; release(attempts: number): Promise<unknown> },
): Promise<Blocked> {
  const meter = await StallMeter.start(run.database, ['read', 'write']);
  let attempts = 0;
  let seconds = 0;
  let stalls: Stalls | undefined;
  let began = performance.now();
  const results = await drive({
    url: run.database.urlOf('owner'),
    request: run.request,
    ...(blocker.observer === undefined ? {} : { observer: blocker.observer }),
    async onUnit(done, result) {
      if (done === task && stalls === undefined && result.status === 'wait') {
        attempts += 1;
        seconds += (performance.now() - began) / 1_000 + result.waitSeconds;
        if (attempts === ATTEMPTS) stalls = await meter.stop();
      }
      await blocker.release(attempts);
      began = performance.now();
    },
  });
  expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
  return { attempts, seconds, stalls: stalls ?? (await meter.stop()) };
}

describe.each(STAGES)('%s, driven while somebody is in its way for several attempts', (task, locking) => {
  it.each([
    ['a reader who stays', false],
    ['readers who each come at the last moment', true],
  ])('%s: nobody is stalled by us for more than a tenth of that time', async (who, late) => {
    const run = await template.clone();
    if (task === 'CLEAN_UP') await run.through('SWAP');
    let holder: Holder | undefined;
    const observer = new LateHolders(run, locking, late ? Array.from({ length: ATTEMPTS }, () => 'public.item') : []);
    if (!late) holder = await hold(run.database, 'reader');
    const { attempts, seconds, stalls } = await driveBlocked(run, task, {
      observer,
      async release(attempts) {
        await observer.release();
        if (attempts < ATTEMPTS) return;
        const staying = holder;
        holder = undefined;
        await staying?.release();
      },
    });
    const share = stalls.mostByUsMs / (seconds * 1_000);
    lines.push(
      `${task}, ${who}: ${attempts} attempts in ${seconds.toFixed(1)} s, ${stalls.mostByUsMs.toFixed(0)} ms or ` +
        `${(share * 100).toFixed(1)} %; ${stalls.describe()}`,
    );
    expect(attempts).toBeGreaterThanOrEqual(ATTEMPTS);
    expect(share).toBeLessThanOrEqual(0.1);
    if (late) expect(stalls.timesSeen, 'attempts stalled somebody').toBeGreaterThanOrEqual(ATTEMPTS / 2);
  });
});
