import { RefusedError } from '../errors.ts';
import type { Session } from '../postgres/session.ts';
import { sqlstateOf } from '../postgres/sqlstate.ts';
import { preValidate } from '../pre-validation/pre-validate.ts';
import { newRun, readClock } from '../pre-validation/start-run.ts';
import { requestOfLeaf } from '../pre-validation/validate-whole.ts';
import { insertRun, StageMovedOn } from '../registry/runs.ts';
import { ensureRegistry } from '../registry/schema.ts';
import { beginLeaf, insertWhole } from '../registry/wholes.ts';
import { type ParsedRequest, requestIdentity } from '../request.ts';
import { formatTableName } from '../table-name.ts';

/** unique_violation: another driver has registered the whole, or a run of its first partition, in between. */
const ANOTHER_WAS_FASTER = '23505';

/** A whole's first partition is the first in `insertWhole`'s order. */
const FIRST_PLACE = 1;

/**
 * PRE_VALIDATION of a partitioned table: every check of every partition, read-only; then, and only if none said no, the
 * registry, the whole with its partitions, and the run of the first, in one transaction. Throws RefusedError with all
 * refusals at once, having changed nothing; StageMovedOn when the table, or who rebuilds it, is not what it was.
 */
export async function startWhole(
  session: Session,
  request: ParsedRequest,
  rootOid: number,
  driver: string,
  remainingMs: () => number,
): Promise<void> {
  const began = await readClock(session);
  const { leaves, refusals } = await preValidate(session, request, null, remainingMs);
  const [first] = leaves ?? [];
  if (refusals.length > 0) {
    throw new RefusedError(formatTableName(request.table), refusals);
  }
  if (leaves === null || first === undefined) {
    throw new StageMovedOn();
  }
  await ensureRegistry(session);
  const run = await newRun(session, requestOfLeaf(request, first), first.oid, driver, began);
  try {
    await session.transaction({}, async (tx) => {
      const whole = { root: request.table, rootOid, request: requestIdentity(request) };
      const wholeId = await insertWhole(tx, whole, leaves);
      await beginLeaf(tx, wholeId, FIRST_PLACE, await insertRun(tx, run));
    });
  } catch (error) {
    throw sqlstateOf(error) === ANOTHER_WAS_FASTER ? new StageMovedOn() : error;
  }
}
