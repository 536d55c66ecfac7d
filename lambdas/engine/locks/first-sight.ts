import type { Blocker } from '../errors.ts';
import type { Queryable } from '../postgres/session.ts';
import type { UnitContext } from '../unit-context.ts';
import { findBlockers, type WantedLock } from './blockers.ts';

/** `"4711 5/123"`: this very transaction of the process, not its next one. */
export function sightKey(blocker: Blocker): string {
  return `${blocker.pid} ${blocker.transaction}`;
}

/**
 * Remembers in the registry when this run first saw each of the transactions, and forgets all others; resolves to how long
 * ago that was, s, by `sightKey`. The patience with a blocker counts from it, and so does the age of one whose
 * xact_start the role may not see: another unit knows it again.
 */
export async function rememberSights(
  client: Queryable,
  runId: bigint,
  blockers: readonly Blocker[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await client.query<{ key: string; seconds: number }>(
    /* sql */ `
    WITH remembered AS (
      UPDATE shadowstep.run
      SET marks = marks || pg_catalog.jsonb_build_object('blockers_seen', COALESCE((
            SELECT pg_catalog.jsonb_object_agg(k.key,
                     COALESCE(marks -> 'blockers_seen' -> k.key, pg_catalog.to_jsonb(pg_catalog.clock_timestamp())))
            FROM pg_catalog.unnest($2::pg_catalog.text[]) AS k(key)), '{}'))
      WHERE run_id = $1
      RETURNING marks -> 'blockers_seen' AS seen
    )
    SELECT s.key,
           EXTRACT(epoch FROM pg_catalog.clock_timestamp() - s.value::pg_catalog.timestamptz)::pg_catalog.float8 AS seconds
    FROM remembered AS r, pg_catalog.jsonb_each_text(r.seen) AS s(key, value)`,
    [runId, [...new Set(blockers.map(sightKey))]],
  );
  return new Map(rows.map((row) => [row.key, row.seconds]));
}

/**
 * Looks for sessions in the way, the old ones only. A transaction whose age the role may not see is looked at twice, a
 * moment apart: who is still there then is not queued behind, although nobody had seen him before. Costs that moment
 * only where pg_read_all_stats is missing and there is traffic. Takes no lock.
 */
export async function lookBeforeLocking(
  ctx: UnitContext,
  oids: readonly number[],
  wanted: WantedLock,
  momentMs: number,
): Promise<Blocker[]> {
  const { session, run } = ctx;
  const options = { wanted, momentMs, runId: run.runId };
  const seen = await findBlockers(session, oids, { ...options, withUnknownAge: true });
  if (seen.every((blocker) => blocker.ageSeconds !== null)) {
    return seen;
  }
  await rememberSights(session, run.runId, seen);
  await new Promise((resolve) => {
    setTimeout(resolve, momentMs + 1);
  });
  return findBlockers(session, oids, options);
}
