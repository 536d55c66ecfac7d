/**
 * One class per cause. `name` is a literal string because it is an interface: the state machine's `ErrorEquals`
 * matches it, and a minifier renames classes. Messages say what happened, to which table, what was not changed and
 * what to do; they never hold row values or keys (I-13).
 */
export abstract class ShadowstepError extends Error {
  abstract override readonly name: ErrorName;
}

/**
 * Passing troubles. The state machine retries each by name; the waits are in infra. The unit that met one has rolled
 * back, and doing it again is safe.
 */
export const RETRYABLE_ERROR_NAMES = [
  'LockTimeoutError',
  'DeadlockError',
  'SerializationError',
  'ConnectionLostError',
  'ServerShuttingDownError',
  'TooManyConnectionsError',
  'StatementTimeoutError',
  'ReadOnlyServerError',
  'DatabaseUnreachableError',
] as const;

/** What no repetition mends: a person must see it. The run stays where it is and can be resumed or reset. */
export const FATAL_ERROR_NAMES = [
  'InvalidRequestError',
  'RefusedError',
  'RequestDiffersError',
  'RunAlreadyDrivenError',
  'DriverReplacedError',
  'NoSuchRunError',
  'WrongStageError',
  'AuthenticationFailedError',
  'ConnectionConfigError',
  'RegistryVersionError',
  'SourceChangedError',
  'SourceRewrittenError',
  'SourceMissingError',
  'CopyChangedError',
  'RegistryChangedError',
  'ChangeLogTooLargeError',
  'ConstraintViolatedByDataError',
  'VerificationFailedError',
  'RevertImpossibleError',
  'DependentObjectsError',
  'OutOfDiskError',
  'OutOfMemoryError',
  'PrivilegeError',
  'DatabaseError',
] as const;

export type ErrorName = (typeof RETRYABLE_ERROR_NAMES)[number] | (typeof FATAL_ERROR_NAMES)[number];

export function isRetryable(error: unknown): boolean {
  return error instanceof ShadowstepError && (RETRYABLE_ERROR_NAMES as readonly string[]).includes(error.name);
}

/** A session that holds what we wait for. `command` is the statement's first word only: never its text. */
export interface Blocker {
  /** NULL for a prepared transaction, which has no process. */
  readonly pid: number | null;
  /** Virtual transaction id: this very transaction of the process, not its next one. */
  readonly transaction: string;
  readonly user: string | null;
  readonly application: string | null;
  /** Age of its transaction, or since the run first saw it where the role may not see that; null at first sight. */
  readonly ageSeconds: number | null;
  readonly command: string | null;
  /** The relation and the lock mode, as pg_locks names them. */
  readonly relation: string;
  readonly relationOid: number;
  readonly mode: string;
  /** False of one who waits for the lock himself, ahead of us. */
  readonly granted: boolean;
}

/** "pid 4711 (app, user shop, 12 s, UPDATE) holds RowExclusiveLock on public.orders" */
export function describeBlocker(blocker: Blocker): string {
  const facts = [
    blocker.application || null,
    blocker.user === null ? null : `user ${blocker.user}`,
    blocker.ageSeconds === null ? null : `${Math.round(blocker.ageSeconds)} s`,
    blocker.command,
  ].filter((fact) => fact !== null);
  const who = blocker.pid === null ? 'a prepared transaction' : `pid ${blocker.pid}`;
  return `${who} (${facts.join(', ')}) ${blocker.granted ? 'holds' : 'waits for'} ${blocker.mode} on ${blocker.relation}`;
}

export class InvalidRequestError extends ShadowstepError {
  override readonly name = 'InvalidRequestError';
  constructor(readonly faults: readonly string[]) {
    super(
      `The request cannot be read: ${faults.length === 1 ? 'one fault' : `${faults.length} faults`}.\n` +
        `${faults.map((fault) => `  - ${fault}`).join('\n')}\n` +
        'Nothing was changed. Mend the request and start again.',
    );
  }
}

/** One check of PRE_VALIDATION that said no. `code` is a literal name, `remedy` holds the SQL that mends it. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export class RefusedError extends ShadowstepError {
  override readonly name = 'RefusedError';
  constructor(
    readonly table: string,
    readonly refusals: readonly Refusal[],
  ) {
    super(
      `${table} was refused for ${refusals.length === 1 ? 'one reason' : `${refusals.length} reasons`}.\n` +
        `${refusals.map((refusal) => `  - ${refusal.code}: ${refusal.message}\n    ${refusal.remedy}`).join('\n')}\n` +
        'Nothing was changed.',
    );
  }
}

export class RequestDiffersError extends ShadowstepError {
  override readonly name = 'RequestDiffersError';
  constructor(table: string, runId: string, fields: readonly string[]) {
    super(
      `Run ${runId} of ${table} is live with a request that differs in: ${fields.join(', ')}. Nothing was changed. ` +
        'Start with the same request to go on, or give the run up first: reset before the swap, revert or clean-up after it.',
    );
  }
}

export class RunAlreadyDrivenError extends ShadowstepError {
  override readonly name = 'RunAlreadyDrivenError';
  constructor(table: string, runId: string, driver: string, expiresInSeconds: number) {
    super(
      `Run ${runId} of ${table} is being advanced by another driver (${driver}), whose lease ends in ` +
        `${Math.max(0, Math.ceil(expiresInSeconds))} s unless it is renewed. Nothing was changed. ` +
        'Let it finish, or stop it and start again once the lease has ended.',
    );
  }
}

export class DriverReplacedError extends ShadowstepError {
  override readonly name = 'DriverReplacedError';
  constructor(table: string, runId: string) {
    super(
      `Another driver has taken over run ${runId} of ${table}, since this one's lease had ended. ` +
        'This driver stops; the run goes on with the other.',
    );
  }
}

export class NoSuchRunError extends ShadowstepError {
  override readonly name = 'NoSuchRunError';
  constructor(table: string, action: string) {
    super(`There is no live run of ${table} to ${action}. Nothing was changed. \`status\` lists the runs.`);
  }
}

export class WrongStageError extends ShadowstepError {
  override readonly name = 'WrongStageError';
  constructor(table: string, runId: string, action: string, stage: string, remedy: string) {
    super(`Run ${runId} of ${table} is at ${stage}: it cannot ${action}. Nothing was changed. ${remedy}`);
  }
}

/** A lock was not had in time. The unit is rolled back and retried without a person. */
export class LockTimeoutError extends ShadowstepError {
  override readonly name = 'LockTimeoutError';
  constructor(table: string, blockers: readonly Blocker[], cause: unknown) {
    super(
      `Could not lock ${table} before lock_timeout` +
        `${blockers.length > 0 ? `: ${blockers.map(describeBlocker).join('; ')}` : ''}. ` +
        'Nothing was changed. The unit is retried; end the blocking transaction to let it through.',
      { cause },
    );
  }
}

/** The source's definition is no longer the one the copy was made from (I-10). */
export class SourceChangedError extends ShadowstepError {
  override readonly name = 'SourceChangedError';
  constructor(table: string, sections: readonly string[]) {
    super(
      `The definition of ${table} was changed while it was being rebuilt (${sections.join(', ')}). The copy was made ` +
        'before that, so the change would be lost: nothing was swapped. Undo the change and resume, or reset the run and start again.',
    );
  }
}

/** The source's rows moved to another file without a TRUNCATE: block positions mean nothing any more. */
export class SourceRewrittenError extends ShadowstepError {
  override readonly name = 'SourceRewrittenError';
  constructor(table: string) {
    super(
      `${table} was rewritten while it was being copied (VACUUM FULL, CLUSTER or a rewriting ALTER TABLE), so the ` +
        'positions already copied mean nothing any more. Nothing was swapped. Reset the run and start again.',
    );
  }
}

export class SourceMissingError extends ShadowstepError {
  override readonly name = 'SourceMissingError';
  constructor(table: string, runId: string) {
    super(
      `${table} of run ${runId} no longer exists under that name (dropped, renamed or moved). Nothing was changed. ` +
        'Give it its name back and resume, or reset the run. A partition of a table that is rebuilt as a whole is given ' +
        'up alone by that: run again then, and it goes on with the others.',
    );
  }
}

/** Something of ours (copy, change log, capture trigger) is not as we left it. */
export class CopyChangedError extends ShadowstepError {
  override readonly name = 'CopyChangedError';
  constructor(table: string, what: string) {
    super(
      `What the run of ${table} keeps for itself was changed from outside: ${what}. Changes of rows may have been ` +
        'missed, so nothing is swapped. Reset the run and start again.',
    );
  }
}

/** The registry's rows of the run are not what its units wrote. */
export class RegistryChangedError extends ShadowstepError {
  override readonly name = 'RegistryChangedError';
  constructor(table: string, runId: string, what: string) {
    super(
      `The registry's record of run ${runId} of ${table} was changed from outside: ${what}. What is recorded as done may ` +
        'not be done, so nothing is swapped. Reset the run and start again; after the swap, go on to clean-up.',
    );
  }
}

export class ChangeLogTooLargeError extends ShadowstepError {
  override readonly name = 'ChangeLogTooLargeError';
  constructor(table: string, bytes: bigint, maxLogBytes: bigint) {
    super(
      `The change log of ${table} has grown to ${bytes} bytes, over maxLogBytes (${maxLogBytes}). Nothing was swapped. ` +
        'Reset the run, and start again at a quieter time or with a larger maxLogBytes.',
    );
  }
}

export class ConstraintViolatedByDataError extends ShadowstepError {
  override readonly name = 'ConstraintViolatedByDataError';
  constructor(
    table: string,
    readonly constraint: string,
    readonly findingId: string,
    cause?: unknown,
  ) {
    super(
      `The rows of ${table} violate ${constraint} of the copy. Nothing was swapped. ` +
        `The rows are in shadowstep.finding, finding_id ${findingId}. Mend them and resume, or reset the run.`,
      { cause },
    );
  }
}

export class VerificationFailedError extends ShadowstepError {
  override readonly name = 'VerificationFailedError';
  constructor(table: string, findingIds: readonly string[], differences: bigint) {
    super(
      `The copy of ${table} differs from it in ${differences} rows. Nothing was swapped. The keys are in ` +
        `shadowstep.finding, finding_id ${findingIds.join(', ')}. Keep them for a bug report, reset the run and start again.`,
    );
  }
}

export class RevertImpossibleError extends ShadowstepError {
  override readonly name = 'RevertImpossibleError';
  constructor(table: string, reason: string, cause?: unknown) {
    super(
      `${table} cannot go back to the old table: ${reason}. Nothing was changed: the new table stays in place and the ` +
        'application goes on. Mend the rows and revert again, or go on to clean-up.',
      { cause },
    );
  }
}

/** Something of somebody else hangs on an object of ours, or ours was moved away; nothing is ever dropped by CASCADE. */
export class DependentObjectsError extends ShadowstepError {
  override readonly name = 'DependentObjectsError';
  /** @param why a clause and what to do about it: "others depend on it: view v. Drop or move those" */
  constructor(what: string, why: string, cause?: unknown) {
    super(`${what} was not dropped: ${why}, then run this again.`, { cause });
  }
}

/** The settings of the connection cannot be read (URL, secret, certificate). Never holds the secret itself. */
export class ConnectionConfigError extends ShadowstepError {
  override readonly name = 'ConnectionConfigError';
}

export class RegistryVersionError extends ShadowstepError {
  override readonly name = 'RegistryVersionError';
  constructor(found: number, known: number) {
    super(
      `The registry (schema shadowstep) has version ${found}; this release knows versions up to ${known}. ` +
        'Nothing was changed. Use the release that wrote it, or a newer one.',
    );
  }
}

/** A PostgreSQL error that has a meaning here; `postgres/sqlstate.ts` maps SQLSTATEs to these. */
export class PostgresError extends ShadowstepError {
  constructor(
    override readonly name: ErrorName,
    message: string,
    readonly sqlstate: string | null,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}
