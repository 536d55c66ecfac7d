/** What the DDL of an exchange may take, ms: so much per statement, and a little where there are few. */
const DDL_MS_PER_STATEMENT = 3;
const LEAST_DDL_MS = 50;

/** How the time of one attempt at an exchange is shared out. */
export interface AttemptBound {
  /** For all its locks together, ms. */
  readonly lockWaitMs: number;
  /** `statement_timeout` of the whole attempt, ms: nobody waits longer because of it. */
  readonly longestMs: number;
}

/**
 * An attempt is over after lockTimeoutMs + drainBudgetMs + 50 ms, waiting, draining and DDL together: what the statements
 * may take beyond 50 ms goes off the wait for the locks. Half of lockTimeoutMs is left to that wait all the same, so that
 * ordinary traffic passes meanwhile: only where the statements need more than that does an attempt last longer. Measured
 * (lock-window.ts) are 0.5 to 0.7 ms per statement.
 */
export function attemptBound(lockTimeoutMs: number, drainBudgetMs: number, statements: number): AttemptBound {
  const ddlMs = Math.max(LEAST_DDL_MS, DDL_MS_PER_STATEMENT * statements);
  const lockWaitMs = Math.max(Math.ceil(lockTimeoutMs / 2), lockTimeoutMs - (ddlMs - LEAST_DDL_MS));
  return { lockWaitMs, longestMs: lockWaitMs + drainBudgetMs + ddlMs };
}
