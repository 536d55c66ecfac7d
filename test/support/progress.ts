import type { TestDatabase } from './database.ts';

/** Row by row, as text; what it leaves out changes without the run having got any further. */
const REGISTRY = /* sql */ `
  SELECT md5(concat_ws('|',
    -- The lease, what is waited for, sizes that adapt, and looks at the world that each unit takes anew.
    (SELECT string_agg((to_jsonb(r) - ARRAY['driver', 'driver_expires_at', 'waiting_for', 'last_error', 'lock_attempts',
                                           'batch_blocks', 'marks']
                       || jsonb_build_object('marks', r.marks - ARRAY['blockers_seen', 'blockers_looked_at', 'snapshot_list', 'wal_samples',
                                             'old_snapshots_since', 'vacuum_sent_at', 'heard', 'finished_by'],
                          'kept', ARRAY(SELECT jsonb_object_keys(r.marks) ORDER BY 1)))::text, ',' ORDER BY run_id)
     FROM shadowstep.run AS r),
    (SELECT string_agg(s::text, ',' ORDER BY run_id, stage_no) FROM shadowstep.stage AS s),
    (SELECT string_agg(b::text, ',' ORDER BY run_id, batch_no) FROM shadowstep.batch AS b),
    -- A statement that is sent again is sent at another time.
    (SELECT string_agg((to_jsonb(d) || jsonb_build_object('sent_at', sent_at IS NOT NULL,
                        'started_at', started_at IS NOT NULL))::text, ',' ORDER BY run_id, unit_no)
     FROM shadowstep.detached_statement AS d),
    -- How much is drained follows the application.
    (SELECT string_agg(concat_ws(' ', run_id, change_log, keys_drained > 0, keys_put_back > 0, pass_until_seq IS NULL,
                                 fruitless_passes), ',' ORDER BY run_id, change_log)
     FROM shadowstep.drain_slot),
    (SELECT string_agg(DISTINCT concat_ws(' ', run_id, stage, kind), ',') FROM shadowstep.event),
    (SELECT count(*) FROM shadowstep.finding),
    (SELECT count(*) FROM shadowstep.delivered_request),
    (SELECT string_agg(w::text, ',' ORDER BY whole_id) FROM shadowstep.whole AS w),
    (SELECT string_agg(l::text, ',' ORDER BY whole_id, place) FROM shadowstep.whole_leaf AS l))) AS digest`;

/** All that a statement of ours may change of the catalog; no statistics, sizes or horizons. */
const CATALOG = /* sql */ `
  SELECT to_regclass('shadowstep.run') IS NOT NULL AS registry, md5(concat_ws('|',
    (SELECT string_agg(n::text, ',' ORDER BY oid) FROM pg_namespace AS n WHERE oid >= 16384),
    (SELECT string_agg(concat_ws(' ', oid, relnamespace, relname, relkind, relowner, reltablespace, relpersistence, relreplident,
                                 relrowsecurity, relforcerowsecurity, relispartition, relacl, reloptions), ',' ORDER BY oid)
     FROM pg_class WHERE oid >= 16384),
    (SELECT string_agg(a::text, ',' ORDER BY attrelid, attnum) FROM pg_attribute AS a WHERE attrelid >= 16384 AND attnum > 0),
    ${[
      'pg_attrdef',
      'pg_constraint',
      'pg_policy',
      'pg_proc',
      'pg_publication_rel',
      'pg_rewrite',
      'pg_statistic_ext',
      'pg_trigger',
      'pg_type',
    ]
      .map((catalog) => `(SELECT string_agg(t::text, ',' ORDER BY oid) FROM ${catalog} AS t WHERE oid >= 16384)`)
      .join(', ')},
    (SELECT string_agg(i::text, ',' ORDER BY indexrelid) FROM pg_index AS i WHERE indexrelid >= 16384),
    (SELECT string_agg(i::text, ',' ORDER BY inhrelid, inhseqno) FROM pg_inherits AS i),
    (SELECT string_agg(d::text, ',' ORDER BY d::text) FROM pg_description AS d WHERE objoid >= 16384),
    (SELECT string_agg(d::text, ',' ORDER BY d::text) FROM pg_depend AS d WHERE objid >= 16384 OR refobjid >= 16384))) AS digest`;

/** Not where the table is about to be dropped: a test may have stopped the server process that holds the lock. */
const RANGES = /* sql */ `
  SELECT c.oid::regclass::text AS name FROM pg_class AS c
  WHERE c.relname = 'shadowstep_verify_range' AND c.relkind = 'r'
    AND NOT EXISTS (SELECT FROM pg_locks AS l WHERE l.relation = c.oid AND l.mode = 'AccessExclusiveLock' AND l.granted)
  ORDER BY 1`;

/** How far the verifications are. */
async function rangesOf(database: TestDatabase): Promise<string> {
  const counts: string[] = [];
  for (const { name } of await database.query<{ name: string }>(RANGES)) {
    try {
      const [row] = await database.query<{ ranges: string }>(
        `SELECT concat_ws('/', count(rows_compared), count(*)) AS ranges FROM ${name}`,
      );
      counts.push(`${name} ${row?.ranges}`);
    } catch (error) {
      // Dropped since by a statement that its client has not lived to see: undefined_table.
      if ((error as { code?: string }).code !== '42P01') throw error;
    }
  }
  return counts.join(',');
}

/**
 * A digest of what the tool has left in the database: its registry, and the catalog. Equal for two moments between which no
 * run has got any further, whatever the application has written and whoever drives.
 */
export async function progressOf(database: TestDatabase): Promise<string> {
  const [catalog] = await database.query<{ registry: boolean; digest: string }>(CATALOG);
  if (catalog?.registry !== true) return catalog?.digest ?? '';
  const [registry] = await database.query<{ digest: string }>(REGISTRY);
  return `${catalog.digest} ${registry?.digest} ${await rangesOf(database)}`;
}
