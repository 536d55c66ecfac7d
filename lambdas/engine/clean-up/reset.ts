import { WrongStageError } from '../errors.ts';
import { tableInPlace } from '../registry/runs.ts';
import { adoptOneSequence } from '../swap/sequence-ownership.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitOutcome } from '../unit.ts';
import type { UnitContext } from '../unit-context.ts';
import { dropEverything } from './drop-objects.ts';

/** RESET: gives the run up before its swap; our triggers, schemas and detached statements go, the table stays as it is. */
export async function resetUnit(ctx: UnitContext): Promise<UnitOutcome> {
  const inPlace = await tableInPlace(ctx.session, ctx.run);
  // The catalog knows better than a registry that was edited by hand.
  if (inPlace === 'copy' || (ctx.run.swapped && inPlace === null)) {
    throw new WrongStageError(
      formatTableName(ctx.run.source),
      String(ctx.run.runId),
      'reset',
      ctx.run.stage,
      'The tables have changed places already: use revert to go back, or clean-up to finish.',
    );
  }
  return (await adoptOneSequence(ctx, ctx.run.sourceOid)) ?? dropEverything(ctx, 'RESET');
}
