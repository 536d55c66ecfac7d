import type { Blocker } from '../errors.ts';
import { applicationName } from '../object-names.ts';
import { quoteLiteral } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import type { UnitOutcome } from '../unit.ts';
import type { UnitContext } from '../unit-context.ts';
import { type BlockerRow, toBlocker } from './blockers.ts';
import { notNow } from './not-now.ts';

/** Requests behind which readers or writers queue; who waits for a weaker lock stalls nobody but himself. */
const STALLS_OTHERS = ['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'];

/**
 * Sessions of others that have waited for longer than `momentMs` for a lock that stalls readers or writers (an ALTER TABLE,
 * a TRUNCATE, a CREATE INDEX), because of one of these processes of ours: everybody behind them waits for us (I-1). The
 * longest wait first. Takes no lock.
 */
export async function findHeldUp(client: Queryable, pids: readonly number[], momentMs: number): Promise<Blocker[]> {
  const rows = await client.query<BlockerRow>(
    /* sql */ `
    SELECT l.pid, l.virtualtransaction AS transaction, a.usename::pg_catalog.text AS usename, a.application_name,
           EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::pg_catalog.float8 AS age_seconds,
           pg_catalog.upper(pg_catalog.substring(pg_catalog.ltrim(a.query), '^[A-Za-z]{1,20}')) AS command,
           l.relation::pg_catalog.regclass::pg_catalog.text AS relation, l.relation AS relation_oid, l.mode, l.granted
    FROM pg_catalog.pg_locks AS l
    JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
    WHERE l.locktype = 'relation' AND NOT l.granted
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
      AND l.mode = ANY (ARRAY[${STALLS_OTHERS.map(quoteLiteral).join(', ')}])
      AND pg_catalog.clock_timestamp() - l.waitstart > $2::pg_catalog.float8 * interval '1 millisecond'
      AND NOT COALESCE(pg_catalog.starts_with(a.application_name, $3), false)
      AND pg_catalog.pg_blocking_pids(l.pid) && $1::pg_catalog.int4[]
    ORDER BY l.waitstart, l.pid`,
    [pids, momentMs, applicationName('')],
  );
  return rows.map(toBlocker);
}

/**
 * What a unit answers that has let go for them: they are named, and it comes back after nine times what it may have stalled
 * them for.
 */
export async function giveWay(
  ctx: UnitContext,
  heldUp: readonly Blocker[],
  stalledMs: number,
): Promise<UnitOutcome & { readonly status: 'wait' }> {
  const outcome = await notNow(ctx, heldUp, stalledMs);
  return { ...outcome, because: `${outcome.because}, and goes first` };
}
