import { RunAlreadyDrivenError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Queryable, Session } from '../postgres/session.ts';
import { isPresent } from './presence.ts';
import { LEASE_SECONDS, type Run } from './runs.ts';

/** How often a working unit renews its driver's lease. */
const HEARTBEAT_MS = 20_000;

/**
 * Makes `driver` the one who advances the run: it is so already, or nobody is, or the lease of the last one has ended,
 * or that one was a local process that is gone. Throws RunAlreadyDrivenError while another driver is alive.
 *
 * A lease that ends later than any can was written by a clock that has been set back since. It is cut to its length from
 * now on: a holder who lives renews it in time, and one who is dead locks nobody out for longer.
 */
export async function claimRun(client: Queryable, run: Run, driver: string): Promise<void> {
  const holderIsGone = run.driver !== null && run.driver !== driver && !(await isPresent(client, run.driver));
  const rows = await client.query<{ run_id: bigint }>(
    /* sql */ `
    UPDATE shadowstep.run
    SET driver = $2, driver_expires_at = pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => $3)
    WHERE run_id = $1
      AND (driver IS NULL OR driver = $2 OR driver_expires_at < pg_catalog.clock_timestamp() OR ($4 AND driver = $5))
    RETURNING run_id`,
    [run.runId, driver, LEASE_SECONDS, holderIsGone, run.driver],
  );
  if (rows.length === 0) {
    await cutLease(client, run.runId);
    throw new RunAlreadyDrivenError(
      `${run.source.schema}.${run.source.name}`,
      String(run.runId),
      run.driver ?? 'unknown',
      Math.min(run.leaseSeconds ?? LEASE_SECONDS, LEASE_SECONDS),
    );
  }
}

async function cutLease(client: Queryable, runId: bigint): Promise<void> {
  await client.query(
    /* sql */ `
    UPDATE shadowstep.run
    SET driver_expires_at = pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => $2)
    WHERE run_id = $1 AND driver_expires_at > pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => $2)`,
    [runId, LEASE_SECONDS],
  );
}

/** Ends the lease at once: the driver stops here, or starts itself anew under another id. */
export async function releaseRun(client: Queryable, runId: bigint, driver: string): Promise<void> {
  await client.query(
    /* sql */ `
    UPDATE shadowstep.run SET driver = NULL, driver_expires_at = NULL WHERE run_id = $1 AND driver = $2`,
    [runId, driver],
  );
}

/** Renews the lease; false when it belongs to somebody else by now. */
async function renewLease(client: Queryable, runId: bigint, driver: string): Promise<boolean> {
  const rows = await client.query<{ run_id: bigint }>(
    /* sql */ `
    UPDATE shadowstep.run
    SET driver_expires_at = pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => $3)
    WHERE run_id = $1 AND driver = $2
    RETURNING run_id`,
    [runId, driver, LEASE_SECONDS],
  );
  return rows.length > 0;
}

/**
 * Renews the lease while a unit works, over a connection of its own that is opened only when the unit outlives the
 * first heartbeat. A heartbeat that fails is not an error of the unit: the next one may succeed, and I-12 fences anyway.
 * One that hears nothing does not hold up the unit's end: `stop` cuts it off.
 */
export function startHeartbeat(
  openSession: () => Promise<Session>,
  runId: bigint,
  driver: string,
  log: Logger,
): { stop(): Promise<void> } {
  let session: Session | null = null;
  let beating = false;
  let stopped = false;
  const beat = async () => {
    if (beating) {
      return;
    }
    beating = true;
    try {
      session ??= await openSession();
      if (!stopped) {
        await renewLease(session, runId, driver);
      }
    } catch (error) {
      if (!stopped) {
        log.warn('heartbeat failed', { error: error instanceof Error ? error.name : 'unknown' });
      }
      await session?.end();
      session = null;
    } finally {
      beating = false;
    }
    if (stopped) {
      await session?.end();
    }
  };
  const timer = setInterval(() => void beat(), HEARTBEAT_MS);
  timer.unref();
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await session?.end();
    },
  };
}
