import { ChangeLogTooLargeError, CopyChangedError } from '../errors.ts';
import { qualified } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import { assertTableInPlace } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import { runObjects, type UnitContext } from '../unit-context.ts';
import { logTable } from './change-log.ts';
import { readTriggerMark } from './triggers.ts';

/**
 * What every unit between SETUP and the swap stands on: the source bears its name, the capture triggers are exactly
 * those of SETUP, copy and change log are there. Throws SourceMissingError, CopyChangedError, ChangeLogTooLargeError.
 */
export async function assertCaptureIntact(ctx: UnitContext, client: Queryable = ctx.session): Promise<void> {
  const { run } = ctx;
  const objects = runObjects(run);
  const table = formatTableName(run.source);
  await assertTableInPlace(client, run);
  const mark = await readTriggerMark(client, run.sourceOid);
  if (mark === null || mark !== run.marks.trigger_mark) {
    throw new CopyChangedError(table, 'a capture trigger was dropped, disabled or altered');
  }
  const [sizes] = await client.query<{ copy: number | null; log_bytes: bigint | null }>(
    /* sql */ `
    SELECT pg_catalog.to_regclass($1)::pg_catalog.oid AS copy,
           pg_catalog.pg_total_relation_size(pg_catalog.to_regclass($2)) AS log_bytes`,
    [qualified(objects.copy), logTable(objects.changeLog)],
  );
  if (sizes?.copy !== run.copyOid) {
    throw new CopyChangedError(table, 'the copy was dropped, renamed or replaced');
  }
  if (sizes?.log_bytes === null || sizes === undefined) {
    throw new CopyChangedError(table, 'the change log was dropped or renamed');
  }
  if (sizes.log_bytes > ctx.request.maxLogBytes) {
    throw new ChangeLogTooLargeError(table, sizes.log_bytes, ctx.request.maxLogBytes);
  }
}
