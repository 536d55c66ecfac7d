import type { Session } from '../postgres/session.ts';

/** What PRE_VALIDATION reads of the server, in one statement. */
export interface ServerFacts {
  /** The backend that answers now; another one than the protocol's own says that something stands between. */
  readonly backendPid: number;
  readonly version: string;
  readonly inRecovery: boolean;
  readonly readOnly: boolean;
  readonly role: string;
  readonly database: string;
  readonly mayCreateSchemas: boolean;
  /** Sees `state`, `xact_start` and `query` of other roles' sessions. */
  readonly seesAllStatistics: boolean;
  /** May cancel and terminate sessions of other roles, superusers excepted. */
  readonly signalsOthers: boolean;
  readonly deadlockTimeoutMs: number;
  readonly walLevel: string;
  readonly logicalSlots: readonly string[];
  readonly physicalStandbys: number;
  /** Enabled event triggers that see DDL. */
  readonly eventTriggers: readonly string[];
}

export async function readServerFacts(session: Session): Promise<ServerFacts> {
  const [row] = await session.query<ServerFacts>(/* sql */ `
    SELECT pg_backend_pid() AS "backendPid",
           current_setting('server_version') AS version,
           pg_is_in_recovery() AS "inRecovery",
           current_setting('transaction_read_only')::bool AS "readOnly",
           current_user::text AS role,
           current_database()::text AS database,
           has_database_privilege(current_database(), 'CREATE') AS "mayCreateSchemas",
           COALESCE((SELECT pg_has_role(r.oid, 'USAGE') FROM pg_roles AS r WHERE r.rolname = 'pg_read_all_stats'), false)
             AS "seesAllStatistics",
           pg_has_role('pg_signal_backend', 'USAGE') AS "signalsOthers",
           (SELECT s.setting::int4 FROM pg_settings AS s WHERE s.name = 'deadlock_timeout') AS "deadlockTimeoutMs",
           current_setting('wal_level') AS "walLevel",
           ARRAY(SELECT s.slot_name::text FROM pg_replication_slots AS s
                 WHERE s.slot_type = 'logical' ORDER BY 1) AS "logicalSlots",
           (SELECT count(*)::int4 FROM pg_stat_replication AS r
            WHERE NOT EXISTS (SELECT FROM pg_replication_slots AS s
                              WHERE s.active_pid = r.pid AND s.slot_type = 'logical')) AS "physicalStandbys",
           ARRAY(SELECT e.evtname::text FROM pg_event_trigger AS e
                 WHERE e.evtenabled <> 'D' AND e.evtevent <> 'login' ORDER BY 1) AS "eventTriggers"`);
  if (row === undefined) {
    throw new TypeError('A SELECT without FROM gave no row.');
  }
  return row;
}
