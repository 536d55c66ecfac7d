import type { UnitOutcome } from '../unit.ts';
import type { UnitContext } from '../unit-context.ts';
import { dropEverything } from './drop-objects.ts';

/** CLEAN_UP: drops the reverse capture, the old table and everything of ours. After it there is no revert. */
export async function cleanUpUnit(ctx: UnitContext): Promise<UnitOutcome> {
  if (ctx.request.keepOldTable && ctx.request.action === 'repack') {
    return {
      status: 'stop',
      message: 'swapped; the old table and the log of changes since are kept until clean-up or revert is asked for',
    };
  }
  return dropEverything(ctx, 'DONE');
}
