import type { Blocker } from '../errors.ts';
import type { Queryable } from '../postgres/session.ts';
import type { UnitContext } from '../unit-context.ts';
import { findBlockers, type WantedLock } from './blockers.ts';

/** `"4711 5/123"`: this very transaction of the process, not its next one. */
export function sightKey(blocker: Blocker): string {
  return `${blocker.pid} ${blocker.transaction}`;
}

/**
 * Between two looks of a run that is held up lie a pause of 30 s at most and what a unit does before its look. More than this,
 * or less than nothing, s: the database's clock was set, or nobody was held up meanwhile.
 */
const LONGEST_BETWEEN_LOOKS_S = 60;

/** What has passed between two looks for certain, s: no pause is shorter. */
const SURELY_BETWEEN_LOOKS_S = 1;

/**
 * Remembers in the registry when this run first saw each of the transactions, and forgets all others; resolves to how long
 * ago that was, s, by `sightKey`. The patience with a blocker counts from it, and so does the age of one whose
 * xact_start the role may not see: another unit knows it again. A jump of the clock since the last look moves the first
 * sights along: it ends nobody's session early, and makes nobody's patience endless.
 */
export async function rememberSights(
  client: Queryable,
  runId: bigint,
  blockers: readonly Blocker[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await client.query<{ key: string; seconds: number }>(
    /* sql */ `
    WITH clock AS MATERIALIZED (
      SELECT pg_catalog.clock_timestamp() AS now
    ), look AS (
      SELECT c.now,
             CASE
               WHEN c.now - l.last NOT BETWEEN interval '0' AND $3::pg_catalog.float8 * interval '1 second'
               THEN c.now - l.last - $4::pg_catalog.float8 * interval '1 second'
               ELSE interval '0'
             END AS jump
      FROM clock AS c CROSS JOIN (
        SELECT (marks ->> 'blockers_looked_at')::pg_catalog.timestamptz AS last FROM shadowstep.run WHERE run_id = $1
      ) AS l
    ), remembered AS (
      UPDATE shadowstep.run
      SET marks = marks || pg_catalog.jsonb_build_object(
            'blockers_looked_at', look.now,
            'blockers_seen', COALESCE((
              SELECT pg_catalog.jsonb_object_agg(k.key,
                       COALESCE((marks -> 'blockers_seen' ->> k.key)::pg_catalog.timestamptz + look.jump, look.now))
              FROM pg_catalog.unnest($2::pg_catalog.text[]) AS k(key)), '{}'))
      FROM look
      WHERE run_id = $1
      RETURNING marks -> 'blockers_seen' AS seen, look.now
    )
    SELECT s.key, EXTRACT(epoch FROM r.now - s.value::pg_catalog.timestamptz)::pg_catalog.float8 AS seconds
    FROM remembered AS r, pg_catalog.jsonb_each_text(r.seen) AS s(key, value)`,
    [runId, [...new Set(blockers.map(sightKey))], LONGEST_BETWEEN_LOOKS_S, SURELY_BETWEEN_LOOKS_S],
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
