import { qualified } from '../postgres/identifier.ts';
import type { Queryable, Session } from '../postgres/session.ts';
import { voidBatches } from '../registry/batches.ts';
import { insertEvent } from '../registry/events.ts';
import { lockRun, type Run, setMarks } from '../registry/runs.ts';
import type { TableName } from '../table-name.ts';
import { type ChangeLogNames, logTable } from './change-log.ts';

/**
 * True when the application has truncated the captured table: the log shows a row with NULL keys. Not IS NULL, which is also
 * true of a composite value whose fields are all NULL.
 */
export async function hasTruncateMarker(client: Queryable, names: ChangeLogNames): Promise<boolean> {
  const [row] = await client.query<{ marked: boolean }>(
    /* sql */ `SELECT EXISTS (SELECT FROM ${logTable(names)} WHERE key_1 IS NOT DISTINCT FROM NULL) AS marked`,
  );
  return row?.marked ?? false;
}

/**
 * Follows a TRUNCATE, in one transaction: waits for the batches in flight, empties the follower (ACCESS EXCLUSIVE on a
 * table that only we use), voids the remaining batches and takes the marker away. What the table holds now was written
 * after the TRUNCATE and is still in the log, since no drain proceeds in a snapshot that shows a marker.
 */
export async function followTruncate(
  session: Session,
  run: Run,
  driver: string,
  names: ChangeLogNames,
  follower: TableName,
): Promise<void> {
  await session.transaction({ lockTimeoutMs: 10_000 }, async (tx) => {
    await lockRun(tx, run, driver, 'KEY SHARE');
    await voidBatches(tx, run.runId);
    await tx.query(/* sql */ `TRUNCATE ONLY ${qualified(follower)}`);
    await tx.query(/* sql */ `DELETE FROM ${logTable(names)} WHERE key_1 IS NOT DISTINCT FROM NULL`);
    // Emptying is not counted as drained, and yet older snapshots see it: whoever is waited for is listed anew.
    await setMarks(tx, run.runId, { snapshot_list: null });
    await insertEvent(tx, run.runId, { stage: run.stage, kind: 'truncated' });
  });
}
