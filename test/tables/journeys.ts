import { RefusedError } from '../../lambdas/engine/errors.ts';
import { STAGES, type StageName, TASKS } from '../../lambdas/engine/stages.ts';
import { drive } from '../lifecycle/drive.ts';
import { CrashingObserver } from '../support/crash-points.ts';
import type { Shape } from './shape.ts';
import type { WarmSessions } from './warm-sessions.ts';

/** What every shape is sent through; each ends with the table as it was, but for what the application has written. */
export const JOURNEYS = ['run', 'crash', 'revert', 'reset'] as const;

export type Journey = (typeof JOURNEYS)[number];

export interface Traveller {
  readonly shape: Shape;
  readonly sessions: WarmSessions;
  /** A whole number, 0 or more, from the shape's name and the seed. */
  readonly chance: number;
  /** Sends the application's next write, if `upTo`, a fraction of all of them, is not reached yet. */
  write(upTo: number): Promise<void>;
}

/** Writes are sent between the units up to this fraction of them; the rest is sent when all is over. */
const BEFORE_THE_END = 0.7;

/** Goes through a journey; throws when it does not end as it should. */
export async function travel(journey: Journey, traveller: Traveller): Promise<void> {
  switch (journey) {
    case 'run':
      return run(traveller, {}, BEFORE_THE_END);
    case 'crash':
      return crashAndResume(traveller);
    case 'revert':
      await run(traveller, { stopAfter: 'SWAP' }, 0.3);
      // What the reverse log has to bring back.
      await run(traveller, { action: 'revert' }, BEFORE_THE_END, 2);
      return;
    case 'reset':
      await run(traveller, { stopAfter: resetAfter(traveller) }, 0.4);
      await run(traveller, { action: 'reset' }, BEFORE_THE_END);
      return;
  }
}

/** The codes of the refusals; throws when it is not refused. */
export async function refusalsOf({ shape, sessions }: Pick<Traveller, 'shape' | 'sessions'>): Promise<string[]> {
  try {
    await drive({ url: '', request: requestOf(shape), openSession: sessions.open, driver: 'local:refused' });
  } catch (error) {
    if (error instanceof RefusedError) return [...new Set(error.refusals.map((refusal) => refusal.code))].sort();
    throw error;
  } finally {
    await sessions.endAll();
  }
  throw new Error(`${shape.table} was not refused`);
}

function requestOf(shape: Shape): Record<string, unknown> {
  return { table: shape.table, workers: 1, lockTimeoutMs: 500, ...shape.request };
}

async function run(
  { shape, sessions, write }: Traveller,
  fields: Readonly<Record<string, unknown>>,
  upTo: number,
  writesBefore = 0,
): Promise<void> {
  for (let count = 0; count < writesBefore; count += 1) await write(upTo);
  await drive({
    url: '',
    request: { ...requestOf(shape), ...fields },
    // As a process of this machine: when it dies, the next one need not wait for its lease to end.
    driver: 'local:1',
    openSession: sessions.open,
    onUnit: () => write(upTo),
  });
}

/** Any stage before the swap. */
function resetAfter({ chance }: Traveller): StageName {
  const stages = STAGES.slice(1, STAGES.indexOf('SWAP'));
  return stages[chance % stages.length] ?? 'SETUP';
}

/**
 * Statements of each stage of a run of the plainest table, at least: a run never ends without having died. A table that has
 * more dies at its first ones, and the next shape at others.
 */
const STATEMENTS: Readonly<Record<StageName, number>> = {
  PRE_VALIDATION: 43,
  SETUP: 88,
  BACKFILL: 26,
  SYNC_SCHEMAS: 55,
  POST_SYNC_UPDATE: 134,
  SWAP: 74,
  CLEAN_UP: 20,
};

async function crashAndResume(traveller: Traveller): Promise<void> {
  const { shape, sessions, chance, write } = traveller;
  const stage = STAGES[chance % STAGES.length] ?? 'SWAP';
  const statement = 1 + (Math.trunc(chance / STAGES.length) % STATEMENTS[stage]);
  const moment = chance % 2 === 0 ? 'before' : 'after';
  const observer = new CrashingObserver({ statement, moment });
  try {
    await drive({
      url: '',
      request: requestOf(shape),
      driver: 'local:dying',
      openSession: sessions.open,
      async onUnit(task, result) {
        if (task === TASKS[TASKS.indexOf(stage) - 1] && result.status === 'done') sessions.observer = observer;
        await write(0.4);
      },
    });
  } catch (error) {
    if (!observer.crashed) throw error;
  } finally {
    sessions.observer = null;
    await sessions.endAll();
  }
  const point = `${moment} statement ${statement} of ${stage}`;
  if (!observer.crashed) throw new Error(`The run of ${shape.name} ended before it could die ${point}`);
  await write(BEFORE_THE_END);
  try {
    await run(traveller, {}, BEFORE_THE_END);
  } catch (error) {
    throw new Error(`Not resumed after it had died ${point}: ${String(error)}`, { cause: error });
  }
}
