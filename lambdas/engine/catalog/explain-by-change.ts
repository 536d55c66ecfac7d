import { type ShadowstepError, SourceChangedError } from '../errors.ts';
import type { Queryable } from '../postgres/session.ts';
import { sqlstateOf } from '../postgres/sqlstate.ts';
import type { Run } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import { changedSections } from './compare-fingerprints.ts';
import { readTableFacts } from './read-table-facts.ts';

/** Undefined column, function, table or object; a type that does not fit any more. */
const LOOKS_LIKE_DDL = new Set(['42703', '42883', '42P01', '42704', '42804', '42846']);

/**
 * A statement of ours that no longer fits the source (its column was dropped or renamed meanwhile) failed for a reason that
 * has a name: SourceChangedError, with the sections that changed. Any other error comes back as it is.
 */
export async function explainByChange(client: Queryable, run: Run, error: ShadowstepError): Promise<ShadowstepError> {
  if (run.facts === null || run.swapped || !LOOKS_LIKE_DDL.has(sqlstateOf(error) ?? '')) {
    return error;
  }
  const now = await readTableFacts(client, run.sourceOid).catch(() => null);
  const changed = now === null ? [] : changedSections(run.facts.fingerprint, now.fingerprint);
  return changed.length > 0 ? new SourceChangedError(formatTableName(run.source), changed) : error;
}
