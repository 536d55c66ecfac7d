import { FINISHED_BY_US, LEAVES_OLD_TABLE } from '../capture/copy-intact.ts';
import { CopyChangedError, type ErrorName, type ShadowstepError, SourceChangedError } from '../errors.ts';
import type { Queryable } from '../postgres/session.ts';
import type { Run } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import { changedSections } from './compare-fingerprints.ts';
import { readTableFacts } from './read-table-facts.ts';
import type { TableFacts } from './table-facts.ts';

/** Errors that name no cause of ours: what the server said to a statement that should have fitted. */
const UNEXPLAINED: ReadonlySet<ErrorName> = new Set(['DatabaseError', 'PrivilegeError']);

/** Of the table in place: sequences are released, foreign keys validated and materialized views made anew by the run itself. */
const MOVED_BY_US = new Set(['sequences', 'foreign keys', 'materialized views']);

type Fingerprint = TableFacts['fingerprint'];

/**
 * A statement of ours that no longer fits its table (a column was dropped or renamed meanwhile, a CHECK or a trigger put
 * on it, its owner changed) failed for a reason that has a name: SourceChangedError or CopyChangedError, with the sections
 * that changed. Any other error comes back as it is.
 */
export async function explainByChange(client: Queryable, run: Run, error: ShadowstepError): Promise<ShadowstepError> {
  if (run.facts === null || run.copyOid === null || run.reverted || !UNEXPLAINED.has(error.name)) {
    return error;
  }
  const table = formatTableName(run.source);
  const [live, follower] = run.swapped ? [run.copyOid, run.sourceOid] : [run.sourceOid, run.copyOid];
  const inPlace = await changedSince(
    client,
    live,
    run.swapped ? run.newFingerprint : run.facts.fingerprint,
    MOVED_BY_US,
  );
  if (inPlace.length > 0) {
    return new SourceChangedError(table, inPlace);
  }
  const { old_table, finished_copy, new_copy } = run.marks as Record<string, Fingerprint | undefined>;
  const following = run.swapped
    ? await changedSince(client, follower, old_table, LEAVES_OLD_TABLE)
    : finished_copy === undefined
      ? await changedSince(client, follower, new_copy, run.stage === 'BACKFILL' ? new Set() : FINISHED_BY_US)
      : await changedSince(client, follower, finished_copy);
  return following.length > 0
    ? new CopyChangedError(
        table,
        `the definition of the ${run.swapped ? 'old table' : 'copy'} (${following.join(', ')})`,
      )
    : error;
}

async function changedSince(
  client: Queryable,
  oid: number,
  recorded: Fingerprint | null | undefined,
  ours: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  const now = await readTableFacts(client, oid).catch(() => null);
  return recorded === null || recorded === undefined || now === null
    ? []
    : changedSections(recorded, now.fingerprint).filter((section) => !ours.has(section));
}
