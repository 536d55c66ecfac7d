import type { ChangeLogNames } from '../capture/change-log.ts';
import type { Progress } from '../unit.ts';
import type { UnitContext } from '../unit-context.ts';
import { countPending } from './drain-batch.ts';

/** Counting a longer log would take longer than it is worth. */
const MOST_COUNTED_KEYS = 100_000;

/** Keys brought over so far, out of those and the ones in the log; the application goes on adding to both. */
export async function drainProgress(ctx: UnitContext, names: ChangeLogNames): Promise<Progress> {
  const [slot] = await ctx.session.query<{ drained: bigint }>(
    /* sql */ `
    SELECT keys_drained AS drained FROM shadowstep.drain_slot WHERE run_id = $1 AND change_log = $2`,
    [ctx.run.runId, names.log],
  );
  const done = slot?.drained ?? 0n;
  return { measure: 'keys', done, estimated: done + BigInt(await countPending(ctx.session, names, MOST_COUNTED_KEYS)) };
}
