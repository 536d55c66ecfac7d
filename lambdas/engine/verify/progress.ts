import type { Progress } from '../unit.ts';
import { runObjects, type UnitContext } from '../unit-context.ts';
import { rangeTable } from './ranges.ts';

/** Ranges compared and found equal, out of all. The ranges must have been planned. */
export async function verifyProgress(ctx: UnitContext): Promise<Progress> {
  const [counted] = await ctx.session.query<{ done: bigint; estimated: bigint }>(/* sql */ `
    SELECT pg_catalog.count(v.rows_compared) AS done, pg_catalog.count(*) AS estimated
    FROM ${rangeTable(runObjects(ctx.run))} AS v`);
  return { measure: 'ranges', done: counted?.done ?? 0n, estimated: counted?.estimated ?? 0n };
}
