import { logTable } from '../capture/change-log.ts';
import { keyEqualsLog } from '../capture/key-columns.ts';
import { readTableFacts } from '../catalog/read-table-facts.ts';
import type { DrainJob } from '../drain/jobs.ts';
import { type NarrowedColumn, narrowedColumns, refuseChangedValues } from '../drain/narrowed-columns.ts';
import { columnList, qualified, quoteLiteral } from '../postgres/identifier.ts';
import { lockRun } from '../registry/runs.ts';
import { recordedCopyOid, recordedFacts, type UnitContext } from '../unit-context.ts';

/** How many keys the finding lists; the count goes on. */
const KEYS_LISTED = 100;

/** How many keys of the log are tried: a second or two. */
const KEYS_TRIED = 50_000;

/**
 * Finds out which rows written since the swap do not fit the old table, by putting each one in under a savepoint that is
 * always rolled back, and records their keys as a finding (I-13: in the server, they never leave it). Changes neither
 * table. Resolves to the finding's id, for the error.
 */
export async function recordUnfittingRows(ctx: UnitContext, job: DrainJob): Promise<string> {
  const { run, session } = ctx;
  return session.transaction({}, async (tx) => {
    await lockRun(tx, run, ctx.driver, 'KEY SHARE');
    const captured = await readTableFacts(tx, recordedCopyOid(run));
    await tx.query(findingBlock(run.runId, job, narrowedColumns(recordedFacts(run), captured)));
    const [row] = await tx.query<{ id: string }>(
      /* sql */ `SELECT pg_catalog.current_setting('shadowstep.finding') AS id`,
    );
    return row?.id ?? '';
  });
}

function findingBlock(runId: bigint, job: DrainJob, narrowed: readonly NarrowedColumn[]): string {
  const keys = job.key.map((column) => `l.${column.logColumn}`).join(', ');
  const asText = job.key.map((column) => `one.${column.logColumn}::pg_catalog.text`).join(', ');
  const body = /* sql */ `
    DECLARE
      one record;
      row_keys jsonb := '[]';
      unfitting bigint := 0;
      id bigint;
    BEGIN
      FOR one IN
        SELECT ${keys} FROM ${logTable(job.names)} AS l
        WHERE l.key_1 IS DISTINCT FROM NULL GROUP BY ${keys} ORDER BY pg_catalog.min(l.seq) LIMIT ${KEYS_TRIED}
      LOOP
        BEGIN
          DELETE FROM ${qualified(job.follower)} AS f WHERE ${keyEqualsLog(job.key, 'f', 'one')};
          INSERT INTO ${qualified(job.follower)} (${columnList(job.columns)}) OVERRIDING SYSTEM VALUE
          SELECT ${columnList(job.columns, 's.')} FROM ONLY ${qualified(job.captured)} AS s
          WHERE ${keyEqualsLog(job.key, 's', 'one')};
          ${refuseChangedValues(
            narrowed,
            `ONLY ${qualified(job.captured)} AS s JOIN ONLY ${qualified(job.follower)} AS f
             ON ${keyEqualsLog(job.key, 's', 'one')} AND ${keyEqualsLog(job.key, 'f', 'one')}`,
          )}
          RAISE EXCEPTION USING ERRCODE = 'SH000', MESSAGE = 'it fits';
        EXCEPTION
          WHEN data_exception OR check_violation OR not_null_violation THEN
            unfitting := unfitting + 1;
            IF unfitting <= ${KEYS_LISTED} THEN
              row_keys := row_keys || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_array(${asText}));
            END IF;
          WHEN SQLSTATE 'SH000' OR unique_violation OR exclusion_violation THEN
            NULL; -- it fits, or another row is in its way for as long as that one is not drained
        END;
      END LOOP;
      INSERT INTO shadowstep.finding (run_id, kind, detail, row_count, row_keys)
      VALUES (${runId}, 'does not fit the old table', 'written since the swap', unfitting, row_keys)
      RETURNING finding_id INTO id;
      PERFORM pg_catalog.set_config('shadowstep.finding', id::pg_catalog.text, true);
    END`;
  return `DO ${quoteLiteral(body)}`;
}
