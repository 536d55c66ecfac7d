import type { Row } from '../postgres/session.ts';
import { insertEvent } from '../registry/events.ts';
import type { UnitContext } from '../unit-context.ts';
import type { WantedLock } from './blockers.ts';

/** How long a script waited for its strong lock, and how long it then held it, up to its COMMIT. */
export interface LockTimes {
  readonly waitMs: number;
  readonly heldMs: number;
}

/** Put into a script three times: before the LOCK, after it, and before the COMMIT. */
export const CLOCK_SQL = /* sql */ `
  SELECT EXTRACT(epoch FROM pg_catalog.clock_timestamp())::pg_catalog.float8 * 1000 AS clock_ms`;

/** Reads the three clocks out of the script's results. */
export function lockTimes(results: readonly (readonly Row[])[]): LockTimes {
  const clocks = results.flatMap((rows) => rows.map((row) => row.clock_ms)).filter((ms) => typeof ms === 'number');
  const [asked = 0, had = 0, done = 0] = clocks;
  return { waitMs: had - asked, heldMs: done - had };
}

/** The event of a strong lock that was had: what others were stalled for comes from it. */
export async function recordStrongLock(
  ctx: Pick<UnitContext, 'session' | 'run'>,
  times: LockTimes,
  detail: { readonly lock: WantedLock; readonly sequence?: number },
): Promise<void> {
  await insertEvent(ctx.session, ctx.run.runId, {
    stage: ctx.run.stage,
    kind: 'lock',
    lockWaitMs: times.waitMs,
    lockHeldMs: times.heldMs,
    detail,
  });
}
