import { resolveCapturedKey } from '../capture/key-columns.ts';
import {
  copiedColumns,
  recordedCopyOid,
  recordedFacts,
  recordedKey,
  runObjects,
  type UnitContext,
} from '../unit-context.ts';
import type { DrainJob } from './drain.ts';

/** Before the swap: the copy follows the source. */
export async function forwardJob(ctx: UnitContext): Promise<DrainJob> {
  const objects = runObjects(ctx.run);
  const facts = recordedFacts(ctx.run);
  return {
    names: objects.changeLog,
    key: await resolveCapturedKey(ctx.session, recordedKey(facts), ctx.run.sourceOid),
    captured: objects.source,
    follower: objects.copy,
    columns: copiedColumns(facts),
  };
}

/** After the swap: the old table follows the new one, so that revert is possible. */
export async function reverseJob(ctx: UnitContext): Promise<DrainJob> {
  const objects = runObjects(ctx.run);
  const facts = recordedFacts(ctx.run);
  return {
    names: objects.reverseChangeLog,
    key: await resolveCapturedKey(ctx.session, recordedKey(facts), recordedCopyOid(ctx.run)),
    captured: objects.source,
    follower: objects.old,
    columns: copiedColumns(facts),
  };
}
