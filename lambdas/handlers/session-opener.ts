import { ShadowstepError } from '../engine/errors.ts';
import type { openPostgresSession } from '../engine/postgres/connect.ts';
import type { OpenSession } from '../engine/postgres/session.ts';
import type { DatabaseLogin } from './database-login.ts';

/** What the engine needs after a statement has run out: to roll back, to record the error, to answer. */
const RESERVE_MS = 15_000;

/** A session's statements get at least this, or nothing could be recorded at the very end. */
const SHORTEST_STATEMENT_TIMEOUT_MS = 1_000;

/**
 * Opens sessions whose statements end before the invocation does: a statement that outlives its function runs on
 * beside the next one. A refused password is read once more, in case it was rotated in between.
 */
export function sessionOpener(
  open: typeof openPostgresSession,
  login: DatabaseLogin,
  remainingMs: () => number,
): OpenSession {
  return async (purpose) => {
    const options = () => ({
      purpose,
      statementTimeoutMs: Math.max(SHORTEST_STATEMENT_TIMEOUT_MS, Math.floor(remainingMs() - RESERVE_MS)),
    });
    const config = await login.clientConfig();
    try {
      return await open(config, options());
    } catch (error) {
      if (!isRefusedLogin(error) || !login.forget()) throw error;
      return await open(await login.clientConfig(), options());
    }
  };
}

/** 28P01 and 28000: a rotated password arrives as either. */
function isRefusedLogin(error: unknown): boolean {
  return error instanceof ShadowstepError && error.name === 'AuthenticationFailedError';
}
