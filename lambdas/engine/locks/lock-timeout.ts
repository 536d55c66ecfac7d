import { resolveTable } from '../catalog/resolve-table.ts';
import { LockTimeoutError, type ShadowstepError } from '../errors.ts';
import type { Session } from '../postgres/session.ts';
import { sqlstateOf } from '../postgres/sqlstate.ts';
import { setWaitingFor } from '../registry/runs.ts';
import type { ParsedRequest } from '../request.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitContext } from '../unit-context.ts';
import { findBlockers, isOurs } from './blockers.ts';
import { findCulprits, settleBlockers } from './not-now.ts';

/** lock_not_available */
const LOCK_TIMEOUT = '55P03';

/**
 * Gives the error of a unit that waited in vain for a weak lock its blockers: who holds ACCESS EXCLUSIVE on a table of the
 * run (a migration tool in an open transaction), or else anything on the one that only we use. They are in an event and in
 * `waiting_for` as well, and are ended where the request says so. Any other error passes through, and so does a timeout
 * of the registry's own rows.
 */
export async function nameLockTimeout(ctx: UnitContext, error: ShadowstepError): Promise<ShadowstepError> {
  const { run } = ctx;
  if (sqlstateOf(error) !== LOCK_TIMEOUT) {
    return error;
  }
  const copyInPlace = run.swapped && !run.reverted;
  const spare = copyInPlace ? run.sourceOid : run.copyOid;
  const onAny = await findCulprits(
    ctx,
    [run.sourceOid, ...(run.copyOid === null ? [] : [run.copyOid])],
    'ACCESS SHARE',
  );
  const onSpare = onAny.length > 0 || spare === null ? [] : await findCulprits(ctx, [spare], 'ACCESS EXCLUSIVE');
  const blockers = [...onAny, ...onSpare].filter((blocker) => !isOurs(blocker));
  if (blockers.length === 0) {
    return error;
  }
  const { because } = await settleBlockers(ctx, blockers, { error: error.name });
  await setWaitingFor(ctx.session, run.runId, ctx.driver, because);
  return new LockTimeoutError(formatTableName(run.source), blockers, error);
}

/** The same before there is a run: only the error can name them. `session` is the one that waited. */
export async function nameLockTimeoutBeforeRun(
  session: Session | null,
  request: ParsedRequest,
  error: ShadowstepError,
): Promise<ShadowstepError> {
  if (sqlstateOf(error) !== LOCK_TIMEOUT || session === null) {
    return error;
  }
  const table = await resolveTable(session, request.table);
  const blockers =
    table === null
      ? []
      : await findBlockers(session, [table.oid], {
          wanted: 'ACCESS SHARE',
          momentMs: 0,
          runId: null,
          withUnknownAge: true,
        });
  return blockers.length === 0 ? error : new LockTimeoutError(formatTableName(request.table), blockers, error);
}
