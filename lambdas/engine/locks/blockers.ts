import type { Blocker } from '../errors.ts';
import { applicationName } from '../object-names.ts';
import { quoteLiteral } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';

/** The lock we mean to take, or that a statement of ours waits for. */
export type WantedLock =
  | 'ACCESS SHARE'
  | 'ROW SHARE'
  | 'SHARE UPDATE EXCLUSIVE'
  | 'SHARE ROW EXCLUSIVE'
  | 'ACCESS EXCLUSIVE';

/**
 * What conflicts with each, as pg_locks spells modes (manual, table 13.2). A lock held for a moment only is not a
 * blocker: the ordinary traffic passes within the lock timeout.
 */
const CONFLICTING: Readonly<Record<WantedLock, readonly string[]>> = {
  'ACCESS SHARE': ['AccessExclusiveLock'],
  'ROW SHARE': ['ExclusiveLock', 'AccessExclusiveLock'],
  'SHARE UPDATE EXCLUSIVE': [
    'ShareUpdateExclusiveLock',
    'ShareLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  'SHARE ROW EXCLUSIVE': [
    'RowExclusiveLock',
    'ShareUpdateExclusiveLock',
    'ShareLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  'ACCESS EXCLUSIVE': [
    'AccessShareLock',
    'RowShareLock',
    'RowExclusiveLock',
    'ShareUpdateExclusiveLock',
    'ShareLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
};

export interface BlockerRow {
  pid: number | null;
  transaction: string;
  usename: string | null;
  application_name: string | null;
  age_seconds: number | null;
  command: string | null;
  relation: string;
  relation_oid: number;
  mode: string;
  granted: boolean;
}

export interface BlockersQuery {
  /** SQL expression of type oid[]: the tables and sequences to be locked. */
  readonly oids: string;
  /** SQL expression of type text[]: modes as pg_locks spells them. */
  readonly modes: string;
  /** SQL expression of type float8: transactions younger than this are traffic, ms. */
  readonly momentMs: string;
  /** SQL expression of type jsonb: when silent transactions were first seen, see `firstSightsSql`. */
  readonly firstSights: string;
  /** List transactions whose beginning nobody knows: the look inside the swap's block passes them over. */
  readonly withUnknownAge: boolean;
  /** List every autovacuum, which is right only once an attempt has failed: most give way by themselves. */
  readonly withAutovacuum: boolean;
}

/**
 * The query behind "look before locking", as an expression of values so that the swap's block can hold it too: sessions
 * that hold a conflicting lock on one of the tables, or have waited for one for a moment, and whose transaction is older
 * than that, oldest first. Only the first word of the statement is read, and only letters of it (I-13).
 *
 * - A role without pg_read_all_stats sees no xact_start of others: their age counts from our first sight. So does that of
 *   one who began in the future: the clock was set back meanwhile, and would make him pass for traffic until then.
 * - An autovacuum gives way to a waiting lock after deadlock_timeout, which our SHARE UPDATE EXCLUSIVE awaits; one
 *   against wraparound never does. Where the role may not see what a session is, autovacuum is who has no user.
 * - A parallel worker holds what its leader holds, who is listed.
 */
export function blockersSql(query: BlockersQuery): string {
  const autovacuum = `(a.backend_type IS NOT DISTINCT FROM 'autovacuum worker' OR (a.pid IS NOT NULL AND a.usesysid IS NULL))`;
  const moment = `${query.momentMs} * interval '1 millisecond'`;
  return /* sql */ `
    WITH locks AS MATERIALIZED (SELECT * FROM pg_catalog.pg_locks)
    SELECT * FROM (
      SELECT DISTINCT ON (l.pid, l.virtualtransaction)
             l.pid, l.virtualtransaction AS transaction,
             COALESCE(a.usename, p.owner)::pg_catalog.text AS usename, a.application_name,
             EXTRACT(epoch FROM pg_catalog.clock_timestamp() - s.since)::pg_catalog.float8 AS age_seconds,
             pg_catalog.upper(pg_catalog.substring(pg_catalog.ltrim(a.query), '^[A-Za-z]{1,20}')) AS command,
             l.relation::pg_catalog.regclass::pg_catalog.text AS relation, l.relation AS relation_oid, l.mode, l.granted
      FROM locks AS l
      LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
      -- A prepared transaction has no process, but holds the lock of its transaction id.
      LEFT JOIN LATERAL (
        SELECT x.owner, x.prepared
        FROM locks AS t JOIN pg_catalog.pg_prepared_xacts AS x ON x.transaction = t.transactionid
        WHERE l.pid IS NULL AND t.pid IS NULL AND t.locktype = 'transactionid'
          AND t.virtualtransaction = l.virtualtransaction
      ) AS p ON true
      LEFT JOIN LATERAL (
        SELECT t.since
        FROM (VALUES
          (1, COALESCE(a.xact_start, p.prepared)),
          (2, ((${query.firstSights}) ->> (l.pid || ' ' || l.virtualtransaction))::pg_catalog.timestamptz)
        ) AS t(place, since)
        WHERE t.since <= pg_catalog.clock_timestamp()
        ORDER BY t.place
        LIMIT 1
      ) AS s ON true
      WHERE l.locktype = 'relation'
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
        AND l.relation = ANY (${query.oids})
        AND l.mode = ANY (${query.modes})
        AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
        AND a.backend_type IS DISTINCT FROM 'parallel worker'
        AND (l.granted OR pg_catalog.clock_timestamp() - l.waitstart > ${moment})
        AND (NOT ${autovacuum} OR ${query.withAutovacuum} OR a.query LIKE '%(to prevent wraparound)')
        AND (pg_catalog.clock_timestamp() - s.since > ${moment} OR (s.since IS NULL AND ${query.withUnknownAge}))
      ORDER BY l.pid, l.virtualtransaction, l.granted DESC
    ) AS blocker
    ORDER BY age_seconds DESC NULLS LAST, pid`;
}

/** When a run first saw each transaction that held it up, as `blockersSql` reads it: jsonb, or NULL. */
export function firstSightsSql(runId: bigint): string {
  return /* sql */ `SELECT r.marks -> 'blockers_seen' FROM shadowstep.run AS r WHERE r.run_id = ${runId}`;
}

export function conflictingModes(wanted: WantedLock): readonly string[] {
  return CONFLICTING[wanted];
}

export interface FindBlockersOptions {
  readonly wanted: WantedLock;
  /** Transactions younger than this are traffic, ms. */
  readonly momentMs: number;
  /** Whose first sights tell the age of transactions that the role may not see; null before there is a run. */
  readonly runId: bigint | null;
  /** Default false. */
  readonly withUnknownAge?: boolean;
  /** Default false. */
  readonly withAutovacuum?: boolean;
}

/** Sessions that hold, or have waited long for, what conflicts with `wanted` on one of the tables. Takes no lock. */
export async function findBlockers(
  client: Queryable,
  oids: readonly number[],
  options: FindBlockersOptions,
): Promise<Blocker[]> {
  const rows = await client.query<BlockerRow>(
    blockersSql({
      oids: '$1::pg_catalog.oid[]',
      modes: '$2::pg_catalog.text[]',
      momentMs: '$3::pg_catalog.float8',
      firstSights: options.runId === null ? `NULL::pg_catalog.jsonb` : firstSightsSql(options.runId),
      withUnknownAge: options.withUnknownAge ?? false,
      withAutovacuum: options.withAutovacuum ?? false,
    }),
    [oids, CONFLICTING[options.wanted], options.momentMs],
  );
  return rows.map(toBlocker);
}

/** Who the server says `pid` waits for, on whichever relation: the exact answer where a statement of ours is queued. */
export async function findBlockersOfBackend(client: Queryable, pid: number, runId: bigint): Promise<Blocker[]> {
  const rows = await client.query<BlockerRow>(/* sql */ `
    WITH wanted AS MATERIALIZED (
      SELECT l.relation, pg_catalog.pg_blocking_pids(${Math.trunc(pid)}) AS pids
      FROM pg_catalog.pg_locks AS l
      WHERE l.pid = ${Math.trunc(pid)} AND l.locktype = 'relation' AND NOT l.granted
    )
    SELECT b.* FROM (${blockersSql({
      oids: `ARRAY(SELECT w.relation FROM wanted AS w)`,
      // What conflicts with ROW SHARE, the other lock of VALIDATE, is among these.
      modes: `ARRAY[${CONFLICTING['SHARE UPDATE EXCLUSIVE'].map(quoteLiteral).join(', ')}]`,
      momentMs: '0::pg_catalog.float8',
      firstSights: firstSightsSql(runId),
      withUnknownAge: true,
      withAutovacuum: true,
    })}) AS b
    WHERE COALESCE(b.pid, 0) = ANY (ARRAY(SELECT pg_catalog.unnest(w.pids) FROM wanted AS w))`);
  return rows.map(toBlocker);
}

export function toBlocker(row: BlockerRow): Blocker {
  return {
    pid: row.pid,
    transaction: row.transaction,
    user: row.usename,
    application: row.application_name,
    ageSeconds: row.age_seconds,
    command: row.command,
    relation: row.relation,
    relationOid: row.relation_oid,
    mode: row.mode,
    granted: row.granted,
  };
}

/** True of a session of this tool, of whichever run. */
export function isOurs(blocker: Blocker): boolean {
  return blocker.application?.startsWith(applicationName('')) ?? false;
}

/** How old a transaction must be to be looked at before locking, ms; younger ones pass within the lock timeout. */
export function momentMs(lockTimeoutMs: number): number {
  return Math.max(200, lockTimeoutMs);
}
