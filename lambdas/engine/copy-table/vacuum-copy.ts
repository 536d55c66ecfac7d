import { qualified } from '../postgres/identifier.ts';
import { insertEvent } from '../registry/events.ts';
import { setMarksOf } from '../registry/runs.ts';
import type { TableName } from '../table-name.ts';
import type { UnitOutcome } from '../unit.ts';
import { recordedCopyOid, runObjects, type UnitContext } from '../unit-context.ts';

interface VacuumState {
  running: boolean;
  vacuumed: boolean;
}

/** Keys drained into the copy since it was vacuumed, as a part of its rows, above which it is vacuumed once more. */
const WORTH_ANOTHER = 0.02;

export type Maintenance = 'VACUUM' | 'ANALYZE' | 'VACUUM and ANALYZE';

const COMMANDS: Readonly<Record<Maintenance, string>> = {
  VACUUM: 'VACUUM (TRUNCATE false)',
  ANALYZE: 'ANALYZE',
  'VACUUM and ANALYZE': 'VACUUM (ANALYZE, TRUNCATE false)',
};

export function maintenanceStatement(maintenance: Maintenance, table: TableName): string {
  return `${COMMANDS[maintenance]} ${qualified(table)}`;
}

/**
 * VACUUM and ANALYZE of the copy before the swap: the new table starts with a visibility map, hint bits and statistics.
 * VACUUM right after the backfill, when there is no index to scan yet and the index builds then find every hint bit set;
 * once more before the swap if the drain has left much behind (see needsAnotherVacuum). ANALYZE after the index builds,
 * since an expression index has statistics of its own.
 *
 * VACUUM cannot run in a block, so it leaves no registry row by itself: a unit that loses its answer finds out from the
 * catalog whether it still runs or has ended. Resolves to null when it is done.
 */
export async function vacuumCopy(ctx: UnitContext, maintenance: Maintenance): Promise<UnitOutcome | null> {
  const { run, session } = ctx;
  if (run.marks.vacuumed === true) {
    return null;
  }
  const purpose = `${run.runId}/vacuum`;
  const copyOid = recordedCopyOid(run);
  const sentAt = typeof run.marks.vacuum_sent_at === 'string' ? run.marks.vacuum_sent_at : null;
  if (sentAt !== null) {
    const state = await readVacuumState(ctx, copyOid, sentAt, maintenance);
    if (state.running) {
      return { status: 'wait', seconds: 2, because: `${maintenance} of the copy is under way` };
    }
    if (state.vacuumed) {
      await setMarksOf(session, run, ctx.driver, { vacuumed: true });
      return null;
    }
  }
  const [now] = await session.query<{ now: string }>(/* sql */ `SELECT pg_catalog.clock_timestamp()::text AS now`);
  await setMarksOf(session, run, ctx.driver, { vacuum_sent_at: now?.now ?? null });
  const started = performance.now();
  const worker = await ctx.openSession(purpose);
  try {
    await worker.script(
      'SET statement_timeout = 0; SET lock_timeout = 10000; SET client_connection_check_interval = 0; SET vacuum_cost_delay = 0',
    );
    const outcome = await worker.detach(maintenanceStatement(maintenance, runObjects(run).copy), ctx.remainingMs());
    if (outcome === 'running') {
      return { status: 'more', message: `${maintenance} of the copy goes on in the server` };
    }
  } finally {
    await worker.end();
  }
  await setMarksOf(session, run, ctx.driver, { vacuumed: true });
  await insertEvent(session, run.runId, {
    stage: run.stage,
    kind: 'vacuum',
    durationMs: performance.now() - started,
  });
  return null;
}

/** Forgets the early VACUUM when the drain has changed a noticeable part of the copy since. */
export async function needsAnotherVacuum(ctx: UnitContext): Promise<boolean> {
  const [row] = await ctx.session.query<{ worth: boolean }>(
    /* sql */ `
    SELECT d.keys_drained > $3::pg_catalog.float8 * GREATEST(pg_catalog.sum(b.rows_copied), 1) AS worth
    FROM shadowstep.drain_slot AS d LEFT JOIN shadowstep.batch AS b ON b.run_id = d.run_id
    WHERE d.run_id = $1 AND d.change_log = $2
    GROUP BY d.keys_drained`,
    [ctx.run.runId, runObjects(ctx.run).changeLog.log, WORTH_ANOTHER],
  );
  return row?.worth ?? false;
}

async function readVacuumState(
  ctx: UnitContext,
  copyOid: number,
  sentAt: string,
  maintenance: Maintenance,
): Promise<VacuumState> {
  const [row] = await ctx.session.query<VacuumState>(
    /* sql */ `
    SELECT EXISTS (
             SELECT FROM pg_catalog.pg_locks AS l
             WHERE l.locktype = 'relation' AND l.relation = $1 AND l.mode = 'ShareUpdateExclusiveLock'
               AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
           ) AS running,
           COALESCE(CASE WHEN $3 THEN pg_catalog.pg_stat_get_last_vacuum_time($1)
                         ELSE pg_catalog.pg_stat_get_last_analyze_time($1) END >= $2::pg_catalog.timestamptz, false) AS vacuumed`,
    // ANALYZE comes last in VACUUM (ANALYZE).
    [copyOid, sentAt, maintenance === 'VACUUM'],
  );
  return row ?? { running: false, vacuumed: false };
}
