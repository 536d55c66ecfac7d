import type { OpenSession, Queryable } from '../postgres/session.ts';

/** Class of the advisory locks that say "this local driver is alive"; the second integer is the driver's hash. */
const PRESENCE_LOCK_CLASS = 0x5ad1;

/** Drivers of the local runner begin with this; theirs is a process, so its death is seen at once. */
export const LOCAL_DRIVER_PREFIX = 'local:';

/**
 * Holds one connection with a session advisory lock for as long as the local driver lives: when its process dies, the
 * server notices the closed socket and the lock goes, so the next `run` need not wait for the lease to end. (Session
 * locks are otherwise avoided; an execution on AWS has no process to hold one, and lives by the lease alone.) Shared, for
 * a network that went silent leaves the server with this driver's earlier connection, which still holds the lock.
 */
export async function holdPresence(openSession: OpenSession, driver: string): Promise<{ release(): Promise<void> }> {
  const session = await openSession('driver');
  await session.query(
    /* sql */ `
    SELECT pg_catalog.set_config('tcp_keepalives_idle', '10', false),
           pg_catalog.set_config('tcp_keepalives_interval', '5', false),
           pg_catalog.set_config('tcp_keepalives_count', '3', false),
           pg_catalog.pg_advisory_lock_shared($1, pg_catalog.hashtext($2))`,
    [PRESENCE_LOCK_CLASS, driver],
  );
  return { release: () => session.end() };
}

/** False when `driver` is a local one whose process is gone. A driver on AWS counts as present until its lease ends. */
export async function isPresent(client: Queryable, driver: string): Promise<boolean> {
  if (!driver.startsWith(LOCAL_DRIVER_PREFIX)) {
    return true;
  }
  const [row] = await client.query<{ present: boolean }>(
    /* sql */ `
    SELECT EXISTS (
      SELECT FROM pg_catalog.pg_locks AS l
      WHERE l.locktype = 'advisory'
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
        AND l.classid = $1::pg_catalog.int8::pg_catalog.oid
        AND l.objid = (pg_catalog.hashtext($2)::pg_catalog.int8 & 4294967295)::pg_catalog.oid
        AND l.objsubid = 2
        AND l.granted
    ) AS present`,
    [PRESENCE_LOCK_CLASS, driver],
  );
  return row?.present ?? false;
}
