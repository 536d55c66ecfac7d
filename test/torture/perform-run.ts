import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import { drive } from '../lifecycle/drive.ts';
import { type Alteration, beyondStatement, enterAlteration } from './alterations.ts';
import type { Family } from './family.ts';
import { type OldReader, OldReaders } from './old-readers.ts';
import { Random } from './random.ts';
import type { RunPlan } from './run-plan.ts';
import type { Writers } from './writers.ts';

export interface RunWorld {
  /** The URL of the role that runs the tool. */
  readonly ownerUrl: string;
  /** A superuser's session for looking and arranging. */
  readonly admin: pg.ClientBase;
  readonly writers: Writers;
  readonly family: Family;
  readonly exchanges: Exchange[];
  /** Opens one whose snapshot is as old as this call. */
  readonly openReader: () => Promise<OldReader>;
  /** The tool has named such a one for the first time. */
  readonly waitedFor: () => void;
  /** What does not hold, for a person. */
  readonly problem: (text: string) => void;
  /** Called while the tables stand changed, where the plan goes on after the swap. */
  readonly betweenSwapAndEnd: () => Promise<void>;
}

/** The tables changed places; ms of performance.now(). */
export interface Exchange {
  /** Before the unit that did it, and after it. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Before the first unit of its stage: whoever had a snapshot by then is waited for. */
  readonly stageBeganMs: number;
}

/** Pauses of a driver are shortened to this, ms: a run is to meet many moments, not to spare the application. */
const LONGEST_WAIT_MS = 150;

/** What an invocation has, ms, 5 s of which it leaves alone: one second, or as good as for ever. */
const SHORT_UNIT_MS = 6_000;
const LONG_UNIT_MS = 3_600_000;

/** Takes a table through a run, as the plan says. Rejects with what the tool threw. */
export async function performRun(world: RunWorld, plan: RunPlan): Promise<void> {
  // Nor is the value to go that stands against a revert.
  world.writers.mayTruncate = plan.oldReadersBefore === 0 && !plan.goesBeyond;
  try {
    await perform(world, plan);
  } finally {
    world.writers.mayTruncate = true;
  }
}

async function perform(world: RunWorld, plan: RunPlan): Promise<void> {
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
      if (plan.goesBeyond && plan.alteration !== null) {
        await revertInVain(world, plan.alteration, () => advance({ action: 'revert' }));
        return advance({ action: 'clean-up' });
      }
      return advance({ action: plan.kind === 'revert' ? 'revert' : 'clean-up' });
    }
  }
}

/** Asks for a revert that cannot be: it must say so, name how many rows stand against it, and leave everything in place. */
async function revertInVain(world: RunWorld, alteration: Alteration, revert: () => Promise<void>): Promise<void> {
  const { admin, family, writers } = world;
  await admin.query(beyondStatement(family, alteration));
  enterAlteration(family, alteration);
  await writers.progressed(100);
  const error = await revert().then(
    () => new Error('The revert went through, though a value does not fit the old type'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error) || error.name !== 'RevertImpossibleError') throw error;
  const { rows } = await admin.query<{ kind: string; rows: number }>(
    /* sql */ `DELETE FROM shadowstep.finding RETURNING kind, row_count::int AS rows`,
  );
  const [finding] = rows;
  if (rows.length !== 1 || finding?.kind !== 'does not fit the old table' || finding.rows < 1) {
    world.problem(`the revert that could not be has left these findings: ${JSON.stringify(rows)}`);
  }
  await world.betweenSwapAndEnd();
  await writers.progressed(50);
}

async function driveUnits(world: RunWorld, plan: RunPlan, request: Readonly<Record<string, unknown>>): Promise<void> {
  const readers = new OldReaders(world);
  let truncated = false;
  let unitBeganMs = performance.now();
  /** Units in a row whose time was over before they came to wait for anybody: the next one gets a second more for each. */
  let tooShort = 0;
  /** Of the stage that exchanges the tables. */
  let stageBeganMs = request.action === 'revert' ? unitBeganMs : Number.POSITIVE_INFINITY;
  if (request.action === undefined || request.action === 'revert') await readers.open(plan.oldReadersBefore);
  try {
    await drive({
      url: world.ownerUrl,
      request,
      driver: `test:${randomUUID()}`,
      remainingMs: () => {
        // That stage watches for as long as its unit has time: a driver is to hear soon that somebody is waited for.
        const unitMs = readers.any && stageBeganMs <= unitBeganMs ? SHORT_UNIT_MS + tooShort * 1_000 : LONG_UNIT_MS;
        return unitMs - (performance.now() - unitBeganMs);
      },
      ...(plan.pauseOnceIn > 0 ? { observer: pausing(world.writers, plan) } : {}),
      async onUnit(task, result) {
        if (result.message.startsWith('changed places')) {
          world.exchanges.push({ fromMs: unitBeganMs, toMs: performance.now(), stageBeganMs });
          await readers.exchanged();
        }
        tooShort = result.status === 'more' ? tooShort + 1 : 0;
        if (task === 'SETUP' && result.status === 'more') {
          await world.admin.query(/* sql */ `UPDATE shadowstep.run SET batch_blocks = $1 WHERE finished_at IS NULL`, [
            plan.batchBlocks,
          ]);
        }
        if (task === plan.truncateIn && !truncated) {
          truncated = true;
          await world.writers.truncated();
        }
        if (task === plan.oldReadersAfter && result.status === 'done') await readers.open(1);
        if (task === 'POST_SYNC_UPDATE' && result.status === 'done') stageBeganMs = performance.now();
        if (result.status === 'wait') {
          await readers.waited(result.because);
          await pause(Math.min(result.waitSeconds * 1_000, LONGEST_WAIT_MS));
        }
        if (world.writers.faults.length > 0) throw new WritersFailedError();
        unitBeganMs = performance.now();
      },
    });
  } finally {
    await readers.leave();
  }
}

/** A writer has found a fault: the run is not worth going on with. */
export class WritersFailedError extends Error {}

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
