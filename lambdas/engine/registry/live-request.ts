import { RequestDiffersError } from '../errors.ts';
import { differingFields, type ParsedRequest, requestIdentity } from '../request.ts';
import { formatTableName } from '../table-name.ts';
import type { Run } from './runs.ts';

/** Throws RequestDiffersError when the live run was started by another request. */
export function assertSameRequest(run: Run, request: ParsedRequest): void {
  const fields = differingFields(run.request, requestIdentity(request));
  if (fields.length > 0) {
    throw new RequestDiffersError(formatTableName(run.source), String(run.runId), fields);
  }
}

export function isSameRequest(run: Run, request: ParsedRequest): boolean {
  return differingFields(run.request, requestIdentity(request)).length === 0;
}
