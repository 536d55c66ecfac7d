import { applicationName } from '../object-names.ts';
import type { Queryable } from '../postgres/session.ts';

/** How long to wait for a server process to end, ms; a build notices at its next interrupt check. */
const PATIENCE_MS = 5_000;

/**
 * Ends this run's own sessions: detached statements that still work in the server, and whatever a killed invocation has
 * left. Known by their application_name; sessions of other roles cannot be ended and need not be.
 */
export async function endOwnBackends(client: Queryable, runId: bigint): Promise<void> {
  await client.query(
    /* sql */ `
    SELECT pg_catalog.pg_terminate_backend(a.pid, $2)
    FROM pg_catalog.pg_stat_activity AS a
    WHERE pg_catalog.starts_with(a.application_name, $1)
      AND a.datname = pg_catalog.current_database()
      AND a.usename = CURRENT_USER
      AND a.pid <> pg_catalog.pg_backend_pid()`,
    [applicationName(`${runId}/`), PATIENCE_MS],
  );
}
