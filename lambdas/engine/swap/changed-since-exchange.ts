import { readStructureMark } from '../catalog/structure-mark.ts';
import { recordedCopyOid, type UnitContext } from '../unit-context.ts';

/** What the structure mark covers, as the fingerprint's sections. */
const MARKED_SECTIONS = ['columns', 'indexes', 'constraints'] as const;

/**
 * Sections of the new table that somebody may have changed since the exchange, by the mark that the exchange's own
 * transaction has left; none when it still holds. For the time until the new table's fingerprint is recorded.
 */
export async function changedSinceExchange(ctx: UnitContext): Promise<readonly string[]> {
  const mark = await readStructureMark(ctx.session, recordedCopyOid(ctx.run));
  return mark === ctx.run.marks.structure_mark ? [] : MARKED_SECTIONS;
}
