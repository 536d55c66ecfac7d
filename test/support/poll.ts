import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';

const DEFAULT_TIMEOUT_MS = 30_000;
const PAUSE_MS = 10;

/**
 * Looks until `look` gives something other than undefined, null or false, and resolves to that. Throws after
 * `timeoutMs` (default 30 000), naming what was waited for: a bound for a hung test, never a measurement.
 */
export async function pollUntil<T>(
  what: string,
  look: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  timeoutMs: number = DEFAULT_TIMEOUT_MS,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`);
    await pause(PAUSE_MS);
  }
}

/**
 * Waits until a session of this database whose application_name begins with `application` waits for a lock; resolves to
 * its pid.
 */
export async function untilWaitingForLock(client: pg.ClientBase, application: string): Promise<number> {
  return pollUntil(`a session ${application} to wait for a lock`, async () => {
    const { rows } = await client.query<{ pid: number }>(
      /* sql */ `
      SELECT pid
      FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND starts_with(application_name, $1)`,
      [application],
    );
    return rows[0]?.pid;
  });
}

/** Waits until no session of this database has an application_name that begins with `application`. */
export async function untilGone(client: pg.ClientBase, application: string): Promise<void> {
  await pollUntil(`the sessions ${application} to end`, async () => {
    const { rows } = await client.query(
      /* sql */ `
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND starts_with(application_name, $1)`,
      [application],
    );
    return rows.length === 0;
  });
}
