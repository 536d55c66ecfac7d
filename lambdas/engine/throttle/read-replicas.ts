import { isRetryable } from '../errors.ts';
import type { Queryable } from '../postgres/session.ts';
import { asShadowstepError, sqlstateOf } from '../postgres/sqlstate.ts';
import { formatIdentifier } from '../table-name.ts';

/** A standby and how far it has come. WAL positions are bytes from the beginning of the WAL. */
export interface StandbyPosition {
  readonly name: string;
  /** Null while it has just connected and has not said. */
  readonly replayed: bigint | null;
}

/** A reader that says its lag itself. */
export interface ReaderLag {
  readonly name: string;
  readonly lagMs: number;
}

/**
 * What the server tells of its replicas at one moment. `positions`: from pg_stat_replication. `lags`: from Aurora, whose
 * readers share the storage. `unreadable`: why not, and what mends it.
 */
export type ReplicaReading =
  | {
      readonly kind: 'positions';
      /** The database's clock, ms since the epoch. */
      readonly nowMs: number;
      /** How far the WAL is on the primary's disk: what no standby can be ahead of. */
      readonly flushed: bigint;
      readonly standbys: readonly StandbyPosition[];
    }
  | { readonly kind: 'lags'; readonly readers: readonly ReaderLag[] }
  | { readonly kind: 'unreadable'; readonly because: string; readonly remedy: string };

export type UnreadableReplicas = Extract<ReplicaReading, { kind: 'unreadable' }>;

/**
 * Reads once how far the replicas are. Takes no lock. Whatever keeps it from knowing is an answer (`unreadable`), since a
 * lag that is not known must not pass for none; only what every unit meets (a lost connection) is thrown.
 */
export async function readReplicas(client: Queryable): Promise<ReplicaReading> {
  const { role, aurora, visible } = await readSource(client);
  if (!visible) {
    return hidden(role);
  }
  try {
    return aurora ? await readAuroraReaders(client) : await readWalSenders(client);
  } catch (error) {
    const known = asShadowstepError(error);
    if (isRetryable(known) && known.name !== 'StatementTimeoutError') {
      throw known;
    }
    const sqlstate = sqlstateOf(known);
    return {
      kind: 'unreadable',
      because: `asking the server failed (${known.name}${sqlstate === null ? '' : `, SQLSTATE ${sqlstate}`})`,
      remedy: '-- Mend that on the server; or leave maxReplicaLagSeconds out.',
    };
  }
}

/**
 * Whom to ask. Aurora's own function is looked for in the catalog's schema only: one that a user has made is not run. The
 * privilege is looked at beforehand, since PRE_VALIDATION asks inside a transaction, which an error would end.
 */
async function readSource(client: Queryable): Promise<{ role: string; aurora: boolean; visible: boolean }> {
  const [row] = await client.query<{ role: string; aurora: boolean; visible: boolean }>(/* sql */ `
    SELECT CURRENT_USER::pg_catalog.text AS role, f.status IS NOT NULL AS aurora,
           CASE WHEN f.status IS NULL
                THEN pg_catalog.has_table_privilege('pg_catalog.pg_stat_replication', 'SELECT')
                ELSE pg_catalog.has_function_privilege(f.status, 'EXECUTE') END AS visible
    FROM pg_catalog.to_regprocedure('pg_catalog.aurora_replica_status()') AS f(status)`);
  return row ?? { role: '', aurora: false, visible: false };
}

/** Columns as the Aurora user guide lists them; tried with a stand-in only. */
async function readAuroraReaders(client: Queryable): Promise<ReplicaReading> {
  const rows = await client.query<{ name: string; lag_ms: number | null }>(/* sql */ `
    SELECT s.server_id::pg_catalog.text AS name, s.replica_lag_in_msec::pg_catalog.float8 AS lag_ms
    FROM pg_catalog.aurora_replica_status() AS s
    WHERE s.session_id::pg_catalog.text <> 'MASTER_SESSION_ID'
    ORDER BY 1`);
  if (rows.length === 0) {
    return noReplica();
  }
  const silent = rows.find((row) => row.lag_ms === null);
  if (silent !== undefined) {
    return {
      kind: 'unreadable',
      because: `reader ${silent.name} tells no lag`,
      remedy: '-- Look after that reader; or leave maxReplicaLagSeconds out.',
    };
  }
  return { kind: 'lags', readers: rows.map((row) => ({ name: `reader ${row.name}`, lagMs: row.lag_ms ?? 0 })) };
}

interface WalSenderRow {
  now_ms: number;
  flushed: bigint;
  role: string;
  pid: number | null;
  name: string | null;
  address: string | null;
  state: string | null;
  replayed: bigint | null;
}

/**
 * Positions only. `replay_lag` is of no use here: it keeps its last value while a standby does not replay, and is NULL
 * while the primary idles (manual, pg_stat_replication). The flushed position, not the written one, since a standby is
 * never sent more, and a batch's COMMIT leaves flushing to the WAL writer.
 *
 * Not standbys: a base backup, a logical subscriber, and pg_receivewal (streams, and never says that it has replayed).
 */
async function readWalSenders(client: Queryable): Promise<ReplicaReading> {
  const rows = await client.query<WalSenderRow>(/* sql */ `
    SELECT EXTRACT(epoch FROM pg_catalog.clock_timestamp())::pg_catalog.float8 * 1000 AS now_ms,
           pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_flush_lsn(), '0/0')::pg_catalog.int8 AS flushed,
           CURRENT_USER::pg_catalog.text AS role,
           r.pid, NULLIF(r.application_name, '') AS name, pg_catalog.host(r.client_addr) AS address, r.state,
           pg_catalog.pg_wal_lsn_diff(r.replay_lsn, '0/0')::pg_catalog.int8 AS replayed
    FROM (SELECT) AS this_moment
    LEFT JOIN pg_catalog.pg_stat_replication AS r
      ON r.state IS DISTINCT FROM 'backup'
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots AS s
                         WHERE s.active_pid = r.pid AND s.slot_type = 'logical')
         AND (r.state IS DISTINCT FROM 'streaming' OR r.replay_lsn IS NOT NULL)
    ORDER BY r.pid`);
  const senders = rows.filter((row) => row.pid !== null);
  const [first] = rows;
  if (first === undefined || senders.length === 0) {
    return noReplica();
  }
  if (senders.some((row) => row.state === null)) {
    return hidden(first.role);
  }
  return {
    kind: 'positions',
    nowMs: first.now_ms,
    flushed: first.flushed,
    standbys: senders.map((row) => ({ name: standbyName(row), replayed: row.replayed })),
  };
}

function standbyName(row: WalSenderRow): string {
  const name = row.name ?? `of pid ${row.pid}`;
  return `standby ${name}${row.address === null ? '' : ` (${row.address})`}`;
}

function noReplica(): UnreadableReplicas {
  return {
    kind: 'unreadable',
    because: 'no replica is connected to this server',
    remedy: '-- Connect the standby again; or leave maxReplicaLagSeconds out.',
  };
}

function hidden(role: string): UnreadableReplicas {
  return {
    kind: 'unreadable',
    because: `role ${role} may not see how far the replicas are`,
    remedy: `GRANT pg_read_all_stats TO ${formatIdentifier(role)};`,
  };
}
