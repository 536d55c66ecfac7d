import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import { drive } from '../lifecycle/drive.ts';
import { Random } from './random.ts';
import type { RunPlan } from './run-plan.ts';
import type { Writers } from './writers.ts';

export interface RunWorld {
  /** The URL of the role that runs the tool. */
  readonly ownerUrl: string;
  /** A superuser's session for looking and arranging. */
  readonly admin: pg.ClientBase;
  readonly writers: Writers;
  /** Moments at which the tables changed places, ms of performance.now(): from before the unit to after it. */
  readonly exchanges: { readonly fromMs: number; readonly toMs: number }[];
  /** Called while the tables stand changed, where the plan goes on after the swap. */
  readonly betweenSwapAndEnd: () => Promise<void>;
}

/** Pauses of a driver are shortened to this, ms: a run is to meet many moments, not to spare the application. */
const LONGEST_WAIT_MS = 150;

/** Takes a table through a run, as the plan says. Rejects with what the tool threw. */
export async function performRun(world: RunWorld, plan: RunPlan): Promise<void> {
  const advance = (fields: Readonly<Record<string, unknown>>) =>
    driveUnits(world, plan, { ...plan.request, ...fields });
  switch (plan.kind) {
    case 'whole':
      return advance({});
    case 'reset':
      await advance({ stopAfter: plan.resetAfter });
      return advance({ action: 'reset' });
    case 'revert':
    case 'clean up later': {
      await advance({});
      await world.betweenSwapAndEnd();
      await world.writers.progressed(150);
      return advance({ action: plan.kind === 'revert' ? 'revert' : 'clean-up' });
    }
  }
}

async function driveUnits(world: RunWorld, plan: RunPlan, request: Readonly<Record<string, unknown>>): Promise<void> {
  let unitBeganMs = performance.now();
  await drive({
    url: world.ownerUrl,
    request,
    driver: `test:${randomUUID()}`,
    ...(plan.pauseOnceIn > 0 ? { observer: pausing(world.writers, plan) } : {}),
    async onUnit(task, result) {
      noteExchange(world, result, unitBeganMs);
      if (task === 'SETUP' && result.status === 'more') {
        await world.admin.query(/* sql */ `UPDATE shadowstep.run SET batch_blocks = $1 WHERE finished_at IS NULL`, [
          plan.batchBlocks,
        ]);
      }
      if (result.status === 'wait') await pause(Math.min(result.waitSeconds * 1_000, LONGEST_WAIT_MS));
      if (world.writers.faults.length > 0) throw new WritersFailedError();
      unitBeganMs = performance.now();
    },
  });
}

/** A writer has found a fault: the run is not worth going on with. */
export class WritersFailedError extends Error {}

function noteExchange(world: RunWorld, result: UnitResult, fromMs: number): void {
  if (result.message.startsWith('changed places')) world.exchanges.push({ fromMs, toMs: performance.now() });
}

/** Lets the writers get on with a few statements between two of the tool's own: wider windows, at places of chance. */
function pausing(writers: Writers, plan: RunPlan): StatementObserver {
  const random = new Random(plan.pauseSeed);
  return {
    async before() {
      if (random.onceIn(plan.pauseOnceIn)) await writers.progressed(1 + random.integer(12));
    },
    after() {},
  };
}
