import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LockTimeoutError } from '../../lambdas/engine/errors.ts';
import { type ItemRun, once } from '../engine/item-run.ts';
import { HOLDER_NAMES, HOLDERS, hold, named, recorded, take } from './holders.ts';
import { DRIVER, lastWait, unitAs } from './lock-run.ts';
import { attempt, LOCKING_STAGES, type LockingStage, over, runsBeforeEachStage } from './stages.ts';
import { LONGEST_STALL_MS, StallMeter, Stalls, shareStalled } from './stall-meter.ts';

let runs: ReadonlyMap<string, ItemRun>;
const felt: { readonly stage: string; readonly when: string; readonly stalls: Stalls }[] = [];

beforeAll(async () => {
  runs = await runsBeforeEachStage();
}, 120_000);

afterAll(() => {
  const lines = felt.map(({ stage, when, stalls }) => `${stage}, ${when}: ${stalls.describe()}`);
  const all = Stalls.of(felt.map(({ stalls }) => stalls));
  console.log(`What an application feels\n  ${lines.join('\n  ')}\n  in all: ${all.describe()}`);
});

function runBefore(stage: LockingStage): ItemRun {
  const run = runs.get(stage.what);
  if (run === undefined) throw new Error(`no run before ${stage.what}`);
  return run;
}

describe.each(LOCKING_STAGES)('$what', (stage) => {
  it.each(stage.blockedBy.map((name) => [HOLDERS[name].what, name] as const))(
    'does not stall others while it waits for %s, and names it',
    async (_what, name) => {
      // A queued VALIDATE does its work once it is let through, whoever sent it.
      const run = stage.locking === null ? await runBefore(stage).clone() : runBefore(stage);
      const holder = await hold(run.database, name);
      const before = (await lastWait(run.database)).events;
      const meter = await StallMeter.start(run.database, holder.kind.leaves);
      const began = performance.now();
      const answer = await attempt(run, stage);
      const durationMs = performance.now() - began;
      const stalls = await meter.stop();
      felt.push({ stage: stage.what, when: `while ${HOLDERS[name].what} stays`, stalls });
      const told = await lastWait(run.database);
      await holder.release();

      const oldSnapshot = name === 'pgDump' && (stage.what === 'SWAP' || stage.what === 'REVERT');
      const whom = oldSnapshot
        ? new RegExp(`pid ${holder.pid} \\(${holder.application}, .*reads in a snapshot`)
        : named(holder);
      if (answer instanceof LockTimeoutError) {
        expect(answer.message).toMatch(whom);
      } else {
        expect(answer).toMatchObject({ status: 'wait', because: expect.stringMatching(whom) });
        expect(answer.waitSeconds, 'never back to back').toBeGreaterThanOrEqual(1);
      }
      expect(told.waitingFor).toMatch(whom);
      if (!oldSnapshot) {
        expect(told.events).toBe(before + 1);
        expect(told.blockers).toContainEqual(expect.objectContaining(recorded(holder)));
      }
      expect(stalls.longestByUsMs).toBeLessThanOrEqual(LONGEST_STALL_MS);
      const waitSeconds = answer instanceof LockTimeoutError ? 0 : answer.waitSeconds;
      expect(shareStalled(stalls, durationMs, waitSeconds)).toBeLessThanOrEqual(0.1);
    },
  );

  const { locking, lateHolder } = stage;
  if (locking !== null) {
    it(`stalls others for one attempt at most when ${HOLDERS[lateHolder].what} comes at the last moment`, async () => {
      const run = runBefore(stage);
      const meter = await StallMeter.start(run.database, ['read', 'write']);
      let holder: Awaited<ReturnType<typeof take>> | undefined;
      const observer = once('before', locking, async () => {
        holder = await take(run.database, lateHolder);
      });
      const request = { ...run.request, ...stage.request };
      const unit = () => unitAs(run.database.urlOf('owner'), stage.task, { request, observer, driver: DRIVER });
      let began = performance.now();
      let answer = await unit();
      // The look may meet a probe, before any lock is asked for.
      for (let units = 1; units < 100 && holder === undefined; units += 1) {
        began = performance.now();
        answer = await unit();
      }
      const durationMs = performance.now() - began;
      const stalls = await meter.stop();
      felt.push({ stage: stage.what, when: `behind an attempt that ${HOLDERS[lateHolder].what} outlasts`, stalls });
      if (holder === undefined) throw new Error('the attempt took no lock');
      const name = named(holder);
      const told = await lastWait(run.database);
      await holder.release();

      expect(answer).toMatchObject({ status: 'wait', because: expect.stringMatching(name) });
      expect(told.waitingFor).toMatch(name);
      expect(told.blockers).toContainEqual(expect.objectContaining(recorded(holder)));
      expect(stalls.timesSeen, 'somebody queued behind the attempt').toBeGreaterThan(0);
      expect(stalls.longestByUsMs).toBeLessThanOrEqual(LONGEST_STALL_MS);
      expect(shareStalled(stalls, durationMs, answer.waitSeconds)).toBeLessThanOrEqual(0.1);
    });
  }

  const harmless = HOLDER_NAMES.filter((name) => !stage.blockedBy.includes(name));
  it(`goes through ${harmless.length === 0 ? 'then' : `beside ${harmless.map((name) => HOLDERS[name].what).join(', ')}`}`, async () => {
    const run = runBefore(stage);
    const holders = await Promise.all(
      harmless.filter((name) => name !== 'prepared').map((name) => hold(run.database, name)),
    );
    const meter = await StallMeter.start(run.database, ['read', 'write']);
    let answer = await attempt(run, stage);
    // The look may meet a probe; the swap drains what the probes write.
    for (let units = 1; units < 100 && !over(stage, answer); units += 1) answer = await attempt(run, stage);
    const stalls = await meter.stop();
    felt.push({ stage: stage.what, when: 'when it goes through', stalls });
    await Promise.all(holders.map((holder) => holder.release()));
    expect(over(stage, answer), JSON.stringify(answer)).toBe(true);
    expect(stalls.longestByUsMs).toBeLessThanOrEqual(LONGEST_STALL_MS);
  });
});
