import { type Blocker, describeBlocker } from '../errors.ts';
import type { Queryable } from '../postgres/session.ts';
import type { UnitOutcome } from '../unit.ts';

/** The lock we mean to take. */
export type WantedLock = 'SHARE ROW EXCLUSIVE' | 'ACCESS EXCLUSIVE';

/**
 * What conflicts with each, as pg_locks spells modes (manual, table 13.2). A lock held for a moment only is not a
 * blocker: the ordinary traffic passes within the lock timeout.
 */
const CONFLICTING: Readonly<Record<WantedLock, readonly string[]>> = {
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

interface BlockerRow {
  pid: number | null;
  usename: string | null;
  application_name: string | null;
  age_seconds: number | null;
  command: string | null;
  relation: string;
  mode: string;
}

/**
 * The query behind "look before locking", as an expression of values so that the swap's block can hold it too: sessions
 * that hold a conflicting lock on one of the tables and whose transaction is older than a moment, oldest first. Only the
 * first word of the statement is read, and only letters of it (I-13). A prepared transaction has no pid and always counts.
 * Autovacuum does not count: it gives way to a waiting lock after deadlock_timeout, which our SHARE UPDATE EXCLUSIVE awaits.
 *
 * @param oids SQL expression of type oid[]
 * @param modes SQL expression of type text[]
 * @param momentMs SQL expression of type float8
 */
export function blockersSql(oids: string, modes: string, momentMs: string): string {
  return /* sql */ `
    SELECT DISTINCT ON (l.pid, l.virtualtransaction)
           l.pid, a.usename::pg_catalog.text AS usename, a.application_name,
           EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::pg_catalog.float8 AS age_seconds,
           pg_catalog.upper(pg_catalog.substring(pg_catalog.ltrim(a.query), '^[A-Za-z]{1,20}')) AS command,
           l.relation::pg_catalog.regclass::pg_catalog.text AS relation, l.mode
    FROM pg_catalog.pg_locks AS l
    LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
    WHERE l.locktype = 'relation'
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
      AND l.relation = ANY (${oids})
      AND l.granted
      AND l.mode = ANY (${modes})
      AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
      AND a.backend_type IS DISTINCT FROM 'autovacuum worker'
      AND (l.pid IS NULL OR pg_catalog.clock_timestamp() - a.xact_start > ${momentMs} * interval '1 millisecond')
    ORDER BY l.pid, l.virtualtransaction, age_seconds DESC NULLS LAST`;
}

export function conflictingModes(wanted: WantedLock): readonly string[] {
  return CONFLICTING[wanted];
}

/** Sessions that hold what conflicts with `wanted` on one of the tables for longer than `momentMs`. Takes no lock. */
export async function findBlockers(
  client: Queryable,
  oids: readonly number[],
  wanted: WantedLock,
  momentMs: number,
): Promise<Blocker[]> {
  const rows = await client.query<BlockerRow>(
    blockersSql('$1::pg_catalog.oid[]', '$2::pg_catalog.text[]', '$3::pg_catalog.float8'),
    [oids, CONFLICTING[wanted], momentMs],
  );
  return rows.map(toBlocker);
}

export function toBlocker(row: BlockerRow): Blocker {
  return {
    pid: row.pid,
    user: row.usename,
    application: row.application_name,
    ageSeconds: row.age_seconds,
    command: row.command,
    relation: row.relation,
    mode: row.mode,
  };
}

/** How old a transaction must be to be looked at before locking, ms; younger ones pass within the lock timeout. */
export function momentMs(lockTimeoutMs: number): number {
  return Math.max(200, lockTimeoutMs);
}

const LONGEST_PAUSE_S = 30;

/**
 * The pause before the next attempt at a lock: growing, jittered, a second and more (attempts without a pause stall
 * readers up to all the time: pg_repack #275; 100 ms every second at most a tenth of it).
 */
export function pauseAfterAttempts(attempts: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_PAUSE_S, 2 * 1.5 ** Math.min(attempts, 20));
  return Math.max(1, Math.round(ceiling * (0.5 + random() / 2)));
}

/** Transactions younger than this are traffic, not somebody who has stayed, s. */
const SHORT_LIVED_S = 5;

/**
 * Waits for the blockers, named. Pauses grow only for one who stays: short transactions that overlap leave a gap now and
 * then, and an attempt a second stalls others a tenth of the time at most.
 */
export function waitForBlockers(blockers: readonly Blocker[], attempts: number): UnitOutcome {
  const shortLived = blockers.every((blocker) => blocker.ageSeconds !== null && blocker.ageSeconds < SHORT_LIVED_S);
  return {
    status: 'wait',
    seconds: pauseAfterAttempts(shortLived ? 0 : attempts),
    because: blockers.slice(0, 3).map(describeBlocker).join('; '),
  };
}
