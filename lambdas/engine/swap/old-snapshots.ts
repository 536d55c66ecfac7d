import type { Queryable } from '../postgres/session.ts';

/** A transaction whose snapshot may be older than the last drain. Prepared transactions hold no snapshot. */
export interface SnapshotHolder {
  readonly pid: number;
  /** Virtual transaction id: names this very transaction of the process, not its next one. */
  readonly vxid: string;
}

export interface SnapshotList {
  /** The next transaction id when the list was made, after the drain had committed. */
  readonly horizon: string;
  readonly holders: readonly SnapshotHolder[];
}

/**
 * Lists, once, the transactions of this database that may hold a snapshot from before now, as CREATE INDEX CONCURRENTLY
 * does: a REPEATABLE READ transaction among them would read stale or missing rows in the new table. Transactions that
 * begin later see the drain and are not waited for (waiting for all would take days: pg_repack #125, #311).
 *
 * @param ownPids further sessions of this unit: one that idles in a transaction keeps the snapshot of its last statement
 */
export async function listOldSnapshots(client: Queryable, ownPids: readonly number[]): Promise<SnapshotList> {
  const [row] = await client.query<{ horizon: string; holders: SnapshotHolder[] }>(
    /* sql */ `
    WITH now AS (
      SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::pg_catalog.xid AS horizon
    )
    SELECT now.horizon::pg_catalog.text AS horizon,
           COALESCE((
             SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('pid', a.pid, 'vxid', v.virtualtransaction))
             FROM pg_catalog.pg_stat_activity AS a
             JOIN pg_catalog.pg_locks AS v
               ON v.pid = a.pid AND v.locktype = 'virtualxid' AND v.virtualxid = v.virtualtransaction
             WHERE a.datname = pg_catalog.current_database()
               AND a.pid <> pg_catalog.pg_backend_pid() AND a.pid <> ALL ($1::pg_catalog.int4[])
               -- NULL where the role may not see other roles' sessions: such a one is waited for as well.
               AND a.backend_type IS DISTINCT FROM 'autovacuum worker'
               -- A plain VACUUM of another table reads no rows for anybody; CREATE INDEX CONCURRENTLY does not wait for it either.
               AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_vacuum AS p WHERE p.pid = a.pid)
               AND a.backend_xmin IS NOT NULL
               AND pg_catalog.age(a.backend_xmin) > pg_catalog.age(now.horizon)
           ), '[]') AS holders
    FROM now`,
    [ownPids],
  );
  return { horizon: row?.horizon ?? '0', holders: row?.holders ?? [] };
}

export interface LivingHolder extends SnapshotHolder {
  readonly user: string | null;
  readonly application: string | null;
  readonly ageSeconds: number | null;
}

/** Those of the list that still hold a snapshot from before it; a READ COMMITTED one lets go with each statement. */
export async function livingHolders(client: Queryable, list: SnapshotList): Promise<LivingHolder[]> {
  if (list.holders.length === 0) {
    return [];
  }
  const rows = await client.query<{
    pid: number;
    vxid: string;
    usename: string | null;
    application_name: string | null;
    age_seconds: number | null;
  }>(
    /* sql */ `
    SELECT a.pid, v.virtualtransaction AS vxid, a.usename::pg_catalog.text AS usename, a.application_name,
           EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::pg_catalog.float8 AS age_seconds
    FROM pg_catalog.jsonb_to_recordset($1::pg_catalog.jsonb) AS h(pid int4, vxid text)
    JOIN pg_catalog.pg_stat_activity AS a ON a.pid = h.pid
    JOIN pg_catalog.pg_locks AS v ON v.pid = a.pid AND v.locktype = 'virtualxid' AND v.virtualtransaction = h.vxid
    WHERE a.backend_xmin IS NOT NULL
      AND pg_catalog.age(a.backend_xmin) > pg_catalog.age($2::pg_catalog.text::pg_catalog.xid)`,
    [JSON.stringify(list.holders), list.horizon],
  );
  return rows.map((row) => ({
    pid: row.pid,
    vxid: row.vxid,
    user: row.usename,
    application: row.application_name,
    ageSeconds: row.age_seconds,
  }));
}

export function describeHolder(holder: LivingHolder): string {
  const facts = [
    holder.application || null,
    holder.user === null ? null : `user ${holder.user}`,
    holder.ageSeconds === null ? null : `${Math.round(holder.ageSeconds)} s`,
  ].filter((fact) => fact !== null);
  return `pid ${holder.pid} (${facts.join(', ')}) reads in a snapshot from before the last drain`;
}
