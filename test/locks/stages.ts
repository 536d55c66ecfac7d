import { LockTimeoutError } from '../../lambdas/engine/errors.ts';
import type { TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import type { ItemRun } from '../engine/item-run.ts';
import { HOLDER_NAMES, type HolderName } from './holders.ts';
import { createLockRun, DRIVER, unitAs } from './lock-run.ts';

/** Units of a task, until one of them says that it is over. */
export interface Step {
  readonly task: TaskName;
  readonly request: Readonly<Record<string, unknown>>;
  /** True of the answer that ends it. */
  readonly isOver: (message: string) => boolean;
}

/** A moment of a run at which it takes a lock on the application's tables. */
export interface LockingStage extends Step {
  readonly what: string;
  /** Who must not be queued behind, or is waited for in the queue where that stalls nobody. */
  readonly blockedBy: readonly HolderName[];
  /** The statement that asks for the strong lock; null where the queue stalls nobody. */
  readonly locking: RegExp | null;
  /** Whom a holder that comes at the last moment makes wait behind the attempt. */
  readonly lateHolder: HolderName;
}

/** What a unit answers, or the lock timeout that it throws for the driver to repeat. */
export async function attempt(run: ItemRun, step: Step): Promise<UnitResult | LockTimeoutError> {
  const request = { ...run.request, ...step.request };
  try {
    let answer = await unitAs(run.database.urlOf('owner'), step.task, { request });
    // A unit whose second was over before it came to the lock: at once again, as a driver does.
    for (let units = 1; units < 100 && answer.status === 'more' && !over(step, answer); units += 1) {
      answer = await unitAs(run.database.urlOf('owner'), step.task, { request });
    }
    return answer;
  } catch (error) {
    if (error instanceof LockTimeoutError) return error;
    throw error;
  }
}

export function over(step: Step, answer: UnitResult | LockTimeoutError): boolean {
  return !(answer instanceof LockTimeoutError) && step.isOver(answer.message);
}

const SHARE_UPDATE_EXCLUSIVE_WAITS_FOR = ['vacuum', 'analyze', 'createIndex', 'migration'] as const;
const SETUP_WAITS_FOR = [...SHARE_UPDATE_EXCLUSIVE_WAITS_FOR, 'writer', 'prepared'] as const;
const EXCHANGE = /^SET LOCAL statement_timeout[\s\S]*COMMIT$/;
const DROP = /LOCK TABLE (ONLY )?\S+ IN ACCESS EXCLUSIVE MODE[\s\S]*COMMIT$/;

export const LOCKING_STAGES: readonly LockingStage[] = [
  {
    what: 'SETUP',
    task: 'SETUP',
    request: {},
    blockedBy: SETUP_WAITS_FOR,
    locking: /IN SHARE ROW EXCLUSIVE MODE[\s\S]*COMMIT$/,
    lateHolder: 'writer',
    isOver: (message) => message.includes('capture triggers are in place'),
  },
  {
    what: 'SWAP',
    task: 'SWAP',
    request: {},
    blockedBy: HOLDER_NAMES,
    locking: EXCHANGE,
    lateHolder: 'reader',
    isOver: (message) => message.startsWith('changed places'),
  },
  {
    what: 'VALIDATE of a foreign key',
    task: 'SWAP',
    request: {},
    blockedBy: SHARE_UPDATE_EXCLUSIVE_WAITS_FOR,
    locking: null,
    lateHolder: 'createIndex',
    isOver: (message) => message.includes('foreign keys validated'),
  },
  {
    what: 'CLEAN_UP',
    task: 'CLEAN_UP',
    request: {},
    blockedBy: HOLDER_NAMES,
    locking: DROP,
    lateHolder: 'reader',
    isOver: (message) => message.includes('gone'),
  },
  {
    what: 'REVERT',
    task: 'REVERT',
    request: { action: 'revert' },
    blockedBy: HOLDER_NAMES,
    locking: EXCHANGE,
    lateHolder: 'reader',
    isOver: (message) => message.startsWith('changed places'),
  },
  {
    what: 'RESET',
    task: 'RESET',
    request: { action: 'reset' },
    blockedBy: HOLDER_NAMES,
    locking: DROP,
    lateHolder: 'reader',
    isOver: (message) => message.includes('gone'),
  },
];

/** A run that stands right before each of the stages, in databases of their own, by `what`. */
export async function runsBeforeEachStage(): Promise<ReadonlyMap<string, ItemRun>> {
  let run = await createLockRun();
  const runs = new Map<string, ItemRun>();
  const keep = async (what: string) => {
    runs.set(what, run);
    run = await run.clone();
  };
  await run.through('PRE_VALIDATION');
  await keep('SETUP');
  await run.through('POST_SYNC_UPDATE');
  await keep('SWAP');
  await keep('RESET');
  await unitAs(run.database.urlOf('owner'), 'SWAP', { request: run.request });
  await keep('VALIDATE of a foreign key');
  await run.drive({ stopAfter: 'SWAP' }, { driver: DRIVER });
  await keep('CLEAN_UP');
  await unitAs(run.database.urlOf('owner'), 'REVERT', { request: { ...run.request, action: 'revert' } });
  runs.set('REVERT', run);
  return runs;
}
