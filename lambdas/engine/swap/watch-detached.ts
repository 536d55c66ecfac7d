import type { Blocker } from '../errors.ts';
import { findBlockersOfBackend } from '../locks/blockers.ts';
import { findHeldUp, giveWay } from '../locks/held-up.ts';
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
 * A detached statement on the application's tables waits in the queue for as long as it takes, and works for as long as it
 * takes, since nobody who reads or writes has to wait for it. But who alters or truncates a table waits for it, and
 * everybody behind him: for such a one it is cancelled, and begun anew later (I-1). Names who that is, or who is before it
 * in the queue; null when it is at work.
 */
export async function nameWhoHoldsUp(ctx: UnitContext): Promise<UnitOutcome | null> {
  const { run, session } = ctx;
  const pids = await backendsAtWork(session, run.runId);
  const heldUp = pids.length === 0 ? [] : await findHeldUp(session, pids, ctx.request.lockTimeoutMs);
  if (heldUp.length > 0) {
    await session.query(
      /* sql */ `SELECT pg_catalog.pg_cancel_backend(p) FROM pg_catalog.unnest($1::pg_catalog.int4[]) AS p`,
      [pids],
    );
    return giveWay(ctx, heldUp, LOOK_EVERY_MS + ctx.request.lockTimeoutMs);
  }
  const blockers: Blocker[] = [];
  for (const pid of pids) {
    blockers.push(...(await findBlockersOfBackend(session, pid, run.runId)));
  }
  return blockers.length === 0 ? null : notNow(ctx, blockers, 0);
}
