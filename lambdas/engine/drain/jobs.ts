import type { ChangeLogNames } from '../capture/change-log.ts';
import { type CapturedKeyColumn, resolveCapturedKey } from '../capture/key-columns.ts';
import type { TableName } from '../table-name.ts';
import {
  copiedColumns,
  recordedCopyOid,
  recordedFacts,
  recordedKey,
  runObjects,
  type UnitContext,
} from '../unit-context.ts';

/** From which log into which table, and by which key. */
export interface DrainJob {
  readonly names: ChangeLogNames;
  readonly key: readonly CapturedKeyColumn[];
  readonly captured: TableName;
  readonly follower: TableName;
  readonly columns: readonly string[];
}

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
