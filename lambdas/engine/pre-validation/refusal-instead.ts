import { RefusedError, type ShadowstepError } from '../errors.ts';
import type { Session } from '../postgres/session.ts';
import { sqlstateOf } from '../postgres/sqlstate.ts';
import type { ParsedRequest } from '../request.ts';
import { formatTableName } from '../table-name.ts';
import { preValidate } from './pre-validate.ts';

/** insufficient_privilege */
const MAY_NOT = '42501';

/**
 * The registry is looked into before the checks are made, so that one who may not read it would never hear which GRANT is
 * missing. Where there is no run yet, the checks answer for a missing privilege, if one of them knows it; any other error
 * passes through. `session` is in no transaction. Never throws.
 */
export async function refusalInstead(
  session: Session,
  request: ParsedRequest,
  error: ShadowstepError,
): Promise<ShadowstepError> {
  if (sqlstateOf(error) !== MAY_NOT) {
    return error;
  }
  try {
    const { refusals } = await preValidate(session, request);
    return refusals.length === 0 ? error : new RefusedError(formatTableName(request.table), refusals);
  } catch {
    return error;
  }
}
