import { type Blocker, describeBlocker } from '../errors.ts';
import { applicationName } from '../object-names.ts';
import type { Queryable } from '../postgres/session.ts';
import { insertEvent } from '../registry/events.ts';
import type { UnitContext } from '../unit-context.ts';
import { sightKey } from './first-sight.ts';

/** What becomes of a session in the way; `why` completes the sentence that names it. */
interface Verdict {
  readonly blocker: Blocker;
  readonly ended: boolean;
  readonly why: string | null;
  /** How long until the patience with it ends, s; null when it has ended or there is none. */
  readonly patienceSeconds: number | null;
}

interface Signal {
  verdict: 'sent' | 'gone' | 'ours' | 'not a client' | 'unseen' | 'superuser' | 'privilege' | 'idle';
  role: string;
}

/** What `waiting_for` says of a session that was not signalled. */
const NOT_ENDED: Readonly<Record<Exclude<Signal['verdict'], 'sent' | 'gone'>, (role: string) => string>> = {
  ours: () => 'it is our own',
  'not a client': () => 'it serves no client and is never ended',
  unseen: (role) => `not ended: role ${role} may not see what it does, GRANT pg_read_all_stats`,
  superuser: () => 'not ended: it belongs to a superuser, whom only a superuser may end',
  privilege: (role) => `not ended: role ${role} lacks pg_signal_backend`,
  idle: () => 'not cancelled: it idles in its transaction, and a cancel ends statements only; "terminate" would end it',
};

/**
 * Ends the sessions in the way, if the request says so: those that have held this run up for longer than its patience, by
 * pg_cancel_backend or pg_terminate_backend, each in an event. Whom this does not fit is named with the reason. Never a
 * session that merely waits, a prepared transaction (which has no process), an autovacuum or another server process, one
 * of ours, or one whose transaction is no longer the one that was listed.
 *
 * @param sights how long ago this run first saw each, s, by `sightKey`
 */
export async function endBlockers(
  ctx: UnitContext,
  blockers: readonly Blocker[],
  sights: ReadonlyMap<string, number>,
): Promise<Verdict[]> {
  const { request } = ctx;
  const verdicts: Verdict[] = [];
  for (const blocker of blockers) {
    const patience = request.blockerPatienceSeconds - (sights.get(sightKey(blocker)) ?? 0);
    if (request.blockers === 'wait' || !blocker.granted) {
      verdicts.push({ blocker, ended: false, why: null, patienceSeconds: null });
    } else if (blocker.pid === null) {
      const why = 'has no session to end: COMMIT PREPARED or ROLLBACK PREPARED does, see pg_prepared_xacts';
      verdicts.push({ blocker, ended: false, why, patienceSeconds: null });
    } else if (patience > 0) {
      const why = `${request.blockers === 'cancel' ? 'is cancelled' : 'is terminated'} in ${Math.ceil(patience)} s`;
      verdicts.push({ blocker, ended: false, why, patienceSeconds: patience });
    } else {
      verdicts.push(await endOne(ctx, blocker, blocker.pid, request.blockers));
    }
  }
  return verdicts;
}

async function endOne(ctx: UnitContext, blocker: Blocker, pid: number, how: 'cancel' | 'terminate'): Promise<Verdict> {
  const { verdict, role } = await signal(ctx.session, blocker, pid, how);
  if (verdict === 'sent') {
    const kind = how === 'cancel' ? 'blocker cancelled' : 'blocker terminated';
    await insertEvent(ctx.session, ctx.run.runId, { stage: ctx.run.stage, kind, detail: { blocker } });
    ctx.log.warn(kind, { blocker: describeBlocker(blocker) });
    const why = how === 'cancel' ? 'was cancelled' : 'was terminated';
    return { blocker, ended: true, why, patienceSeconds: null };
  }
  return verdict === 'gone'
    ? { blocker, ended: true, why: 'is gone', patienceSeconds: null }
    : { blocker, ended: false, why: NOT_ENDED[verdict](role), patienceSeconds: null };
}

/**
 * One statement that looks once more and signals: the same process, the same virtual transaction, the same lock, granted,
 * and a session that this role may signal. Between the look and the signal lie microseconds; PostgreSQL has no way to
 * signal a transaction rather than a process.
 */
async function signal(client: Queryable, blocker: Blocker, pid: number, how: 'cancel' | 'terminate'): Promise<Signal> {
  const send = how === 'cancel' ? 'pg_catalog.pg_cancel_backend(v.pid)' : 'pg_catalog.pg_terminate_backend(v.pid)';
  const [row] = await client.query<Signal>(
    /* sql */ `
    WITH blocker AS MATERIALIZED (
      SELECT a.pid,
             CASE
               WHEN pg_catalog.starts_with(a.application_name, $5) THEN 'ours'
               WHEN a.usesysid IS NULL THEN 'not a client'
               WHEN u.rolsuper AND NOT pg_catalog.current_setting('is_superuser')::bool THEN 'superuser'
               WHEN NOT pg_catalog.pg_has_role(a.usesysid, 'USAGE')
                AND NOT pg_catalog.pg_has_role('pg_signal_backend', 'USAGE') THEN 'privilege'
               WHEN a.backend_type IS NULL THEN 'unseen'
               WHEN a.backend_type <> 'client backend' THEN 'not a client'
               WHEN $6 AND a.state LIKE 'idle in transaction%' THEN 'idle'
             END AS reason
      FROM pg_catalog.pg_stat_activity AS a
      LEFT JOIN pg_catalog.pg_roles AS u ON u.oid = a.usesysid
      WHERE a.pid = $1
        AND EXISTS (
          SELECT FROM pg_catalog.pg_locks AS l
          WHERE l.pid = a.pid AND l.virtualtransaction = $2 AND l.locktype = 'relation'
            AND l.database = a.datid AND l.relation = $3 AND l.mode = $4 AND l.granted)
    )
    SELECT COALESCE(v.reason, CASE WHEN ${send} THEN 'sent' ELSE 'gone' END) AS verdict, CURRENT_USER::pg_catalog.text AS role
    FROM blocker AS v`,
    [pid, blocker.transaction, blocker.relationOid, blocker.mode, applicationName(''), how === 'cancel'],
  );
  return row ?? { verdict: 'gone', role: '' };
}
