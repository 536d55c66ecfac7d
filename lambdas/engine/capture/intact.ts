import { ChangeLogTooLargeError, CopyChangedError, RegistryChangedError } from '../errors.ts';
import { qualified } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import { assertTableInPlace } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import { runObjects, type UnitContext } from '../unit-context.ts';
import { logTable } from './change-log.ts';
import { captureDamage } from './mark.ts';

/**
 * What every unit between SETUP and the swap stands on: the source bears its name, the capture triggers are exactly
 * those of SETUP, copy and change log are there. Throws SourceMissingError, CopyChangedError, RegistryChangedError,
 * ChangeLogTooLargeError.
 */
export async function assertCaptureIntact(ctx: UnitContext, client: Queryable = ctx.session): Promise<void> {
  const { run } = ctx;
  const objects = runObjects(run);
  const table = formatTableName(run.source);
  await assertTableInPlace(client, run);
  const recorded = run.marks.trigger_mark;
  if (typeof recorded !== 'string') {
    throw new RegistryChangedError(table, String(run.runId), 'the mark of the capture');
  }
  const damage = await captureDamage(client, run.sourceOid, objects.changeLog, recorded);
  if (damage !== null) {
    throw new CopyChangedError(
      table,
      damage === 'a trigger'
        ? 'a capture trigger was dropped, disabled or altered'
        : 'the change log or a function of the capture was altered, renamed or dropped',
    );
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
