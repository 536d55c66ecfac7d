import type { Blocker } from '../errors.ts';
import { findBlockersOfBackend } from '../locks/blockers.ts';
import { notNow } from '../locks/not-now.ts';
import { backendsAtWork } from '../registry/detached-statements.ts';
import type { UnitOutcome } from '../unit.ts';
import type { UnitContext } from '../unit-context.ts';

/** How often a statement under way is looked at for somebody who holds it up, ms. */
const LOOK_EVERY_MS = 1_000;

/** The unit's context with less time left: a statement that it lets go of works on in the server, and is found there again. */
export function whileWatching(ctx: UnitContext): UnitContext {
  const until = performance.now() + LOOK_EVERY_MS;
  return { ...ctx, remainingMs: () => Math.min(ctx.remainingMs(), until - performance.now()) };
}

/**
 * A detached statement after the swap waits in the queue for as long as it takes, since nobody who reads or writes has to
 * wait for it there. Names who is before it; null when it is at work.
 */
export async function nameWhoHoldsUp(ctx: UnitContext): Promise<UnitOutcome | null> {
  const { run, session } = ctx;
  const blockers: Blocker[] = [];
  for (const pid of await backendsAtWork(session, run.runId)) {
    blockers.push(...(await findBlockersOfBackend(session, pid, run.runId)));
  }
  return blockers.length === 0 ? null : notNow(ctx, blockers, 0);
}
