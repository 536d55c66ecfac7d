import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LockTimeoutError } from '../../lambdas/engine/errors.ts';
import { type ItemRun, once } from '../engine/item-run.ts';
import {
  FURTHER_STAGES,
  type FurtherStage,
  type FurtherStageName,
  type Holding,
  runsBeforeFurtherStages,
} from './further-stages.ts';
import { pidOf, untilOlderThanAMoment } from './holders.ts';
import { DRIVER, lastWait, unitAs } from './lock-run.ts';
import { attempt, over } from './stages.ts';
import { LONGEST_STALL_MS, StallMeter, Stalls, shareStalled } from './stall-meter.ts';

let runs: ReadonlyMap<FurtherStageName, ItemRun>;
const felt: { readonly what: string; readonly stalls: Stalls }[] = [];

beforeAll(async () => {
  runs = await runsBeforeFurtherStages();
}, 120_000);

afterAll(() => {
  const lines = felt.map(({ what, stalls }) => `${what}: ${stalls.describe()}`);
  const all = Stalls.of(felt.map(({ stalls }) => stalls));
  console.log(`What an application feels\n  ${lines.join('\n  ')}\n  in all: ${all.describe()}`);
});

function runBefore(what: FurtherStageName): ItemRun {
  const run = runs.get(what);
  if (run === undefined) throw new Error(`no run before ${what}`);
  return run;
}

async function take(run: ItemRun, holding: Holding): Promise<{ readonly client: pg.Client; readonly named: RegExp }> {
  const client = await run.database.appClient(holding.role);
  await client.query('BEGIN');
  await client.query(holding.hold);
  const pid = await pidOf(client);
  return { client, named: new RegExp(`pid ${pid} \\(user .* s, \\w+\\) holds ${holding.lock}`) };
}

describe.each(FURTHER_STAGES.map((stage): [FurtherStageName, FurtherStage] => [stage.what, stage]))(
  '%s',
  (name, stage) => {
    it.each(stage.heldBy.map((holding) => [holding.what, holding] as const))(
      'does not stall others while it waits for %s, and names it',
      async (_what, holding) => {
        const run = runBefore(name);
        const { client, named } = await take(run, holding);
        await untilOlderThanAMoment(run.database, await pidOf(client));
        const before = (await lastWait(run.database)).events;
        const meter = await StallMeter.start(run.database, holding.leavesProbes ? stage.probes : []);
        const began = performance.now();
        const answer = await attempt(run, stage);
        const durationMs = performance.now() - began;
        const stalls = await meter.stop();
        felt.push({ what: `${stage.what}, while ${holding.what} stays`, stalls });
        const told = await lastWait(run.database);
        await client.query('ROLLBACK');

        if (answer instanceof LockTimeoutError) {
          expect(answer.message).toMatch(named);
        } else {
          expect(answer).toMatchObject({ status: 'wait', because: expect.stringMatching(named) });
          expect(answer.waitSeconds, 'never back to back').toBeGreaterThanOrEqual(1);
        }
        expect(told.waitingFor).toMatch(named);
        expect(told.events).toBe(before + 1);
        expect(told.blockers).toContainEqual(expect.objectContaining({ pid: await pidOf(client), granted: true }));
        expect(stalls.longestByUsMs).toBeLessThanOrEqual(LONGEST_STALL_MS);
        const waitSeconds = answer instanceof LockTimeoutError ? 0 : answer.waitSeconds;
        expect(shareStalled(stalls, durationMs, waitSeconds)).toBeLessThanOrEqual(0.1);
      },
    );

    const { locking } = stage;
    const [lateHolding] = stage.heldBy;
    if (locking !== null && lateHolding !== undefined) {
      it(`stalls others for one attempt at most when ${lateHolding.what} comes at the last moment`, async () => {
        const run = runBefore(name);
        const meter = await StallMeter.start(run.database, stage.probes);
        let holder: Awaited<ReturnType<typeof take>> | undefined;
        const observer = once('before', locking, async () => {
          holder = await take(run, lateHolding);
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
        felt.push({ what: `${stage.what}, behind an attempt that ${lateHolding.what} outlasts`, stalls });
        if (holder === undefined) throw new Error('the attempt took no lock');
        const told = await lastWait(run.database);
        await holder.client.query('ROLLBACK');

        expect(answer).toMatchObject({ status: 'wait', because: expect.stringMatching(holder.named) });
        expect(told.waitingFor).toMatch(holder.named);
        expect(stalls.timesSeen, 'somebody queued behind the attempt').toBeGreaterThan(0);
        expect(stalls.longestByUsMs).toBeLessThanOrEqual(LONGEST_STALL_MS);
        expect(shareStalled(stalls, durationMs, answer.waitSeconds)).toBeLessThanOrEqual(0.1);
      });
    }

    it('goes through then', async () => {
      const run = runBefore(name);
      const meter = await StallMeter.start(run.database, stage.probes);
      let answer = await attempt(run, stage);
      // The look may meet a probe.
      for (let units = 1; units < 100 && !over(stage, answer); units += 1) answer = await attempt(run, stage);
      const stalls = await meter.stop();
      felt.push({ what: `${stage.what}, when it goes through`, stalls });
      expect(over(stage, answer), JSON.stringify(answer)).toBe(true);
      expect(stalls.longestByUsMs).toBeLessThanOrEqual(LONGEST_STALL_MS);
    });
  },
);
