import { FINISHED_BY_US, LEAVES_OLD_TABLE } from '../capture/copy-intact.ts';
import { captureDamage } from '../capture/mark.ts';
import {
  CopyChangedError,
  type ErrorName,
  RegistryChangedError,
  type ShadowstepError,
  SourceChangedError,
  SourceMissingError,
} from '../errors.ts';
import type { Queryable } from '../postgres/session.ts';
import type { Run } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import { runObjects } from '../unit-context.ts';
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
 * that changed. So did one that found its table, a part of the capture or the registry gone. Any other error comes back
 * as it is.
 */
export async function explainByChange(client: Queryable, run: Run, error: ShadowstepError): Promise<ShadowstepError> {
  if (run.facts === null || run.copyOid === null || run.reverted || !UNEXPLAINED.has(error.name)) {
    return error;
  }
  const table = formatTableName(run.source);
  const [live, follower] = run.swapped ? [run.copyOid, run.sourceOid] : [run.sourceOid, run.copyOid];
  // Where the connection itself has failed, there is nothing to be found out.
  const gone = await whatIsGone(client, run, live, follower).catch(() => null);
  if (gone !== null) {
    return gone;
  }
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
  if (following.length > 0) {
    const what = `the definition of the ${run.swapped ? 'old table' : 'copy'} (${following.join(', ')})`;
    return new CopyChangedError(table, what);
  }
  return (await captureIsDamaged(client, run, live).catch(() => false))
    ? new CopyChangedError(table, 'the change log, or a trigger or function of the capture')
    : error;
}

/** A table that everything stands on was dropped while a unit was at work; null when all are there. */
async function whatIsGone(
  client: Queryable,
  run: Run,
  live: number,
  follower: number,
): Promise<ShadowstepError | null> {
  const table = formatTableName(run.source);
  const [found] = await client.query<{ registry: boolean; live: boolean; follower: boolean }>(
    /* sql */ `
    SELECT pg_catalog.to_regclass('shadowstep.run') IS NOT NULL AS registry,
           EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = $1::pg_catalog.oid) AS live,
           EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = $2::pg_catalog.oid) AS follower`,
    [live, follower],
  );
  if (found?.registry === false) {
    return new RegistryChangedError(table, String(run.runId), 'it was dropped');
  }
  if (found?.live === false) {
    return new SourceMissingError(table, String(run.runId));
  }
  return found?.follower === false
    ? new CopyChangedError(table, `the ${run.swapped ? 'old table' : 'copy'} was dropped`)
    : null;
}

async function captureIsDamaged(client: Queryable, run: Run, live: number): Promise<boolean> {
  const { changeLog, reverseChangeLog } = runObjects(run);
  const [names, mark] = run.swapped
    ? [reverseChangeLog, run.marks.reverse_trigger_mark]
    : [changeLog, run.marks.trigger_mark];
  return typeof mark === 'string' && (await captureDamage(client, live, names, mark)) !== null;
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
