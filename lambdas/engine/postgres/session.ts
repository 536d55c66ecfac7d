/** A row as the driver gives it: int8 arrives as bigint, everything else as node-postgres reads it. */
export type Row = Record<string, unknown>;

/** Anything that takes a statement: a session, or the transaction that runs on it. */
export interface Queryable {
  /** One statement, values as parameters ($1 …). Resolves to its rows. Throws what sqlstate.ts maps. */
  query<R extends object = Row>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /**
   * One statement without parameters, prepared under a name: a session plans it once, however often it runs it. Not with
   * parameters, since PostgreSQL plans such a one anew for its first five runs (plan_cache_mode).
   */
  queryPrepared?<R extends object = Row>(name: string, text: string): Promise<R[]>;
  /** As `query`, for a statement that returns no rows; resolves to how many rows it inserted, updated or deleted. */
  execute(text: string, values?: readonly unknown[]): Promise<number>;
}

export interface TransactionOptions {
  /** READ COMMITTED unless told otherwise. */
  readonly isolation?: 'READ COMMITTED' | 'REPEATABLE READ';
  /** SET LOCAL lock_timeout, ms; 0 waits for ever. Default: the session's. */
  readonly lockTimeoutMs?: number;
  /** SET LOCAL statement_timeout, ms. Default: the session's. */
  readonly statementTimeoutMs?: number;
  /**
   * SET LOCAL synchronous_commit = off: only where losing the commit is the same as not having tried. For batches and
   * drains, and for strong locks: COMMIT lets go of them only when a synchronous standby has answered, however long it takes.
   */
  readonly asynchronousCommit?: boolean;
}

/**
 * One connection to PostgreSQL with our settings pinned (search_path, timeouts, row_security off …). No statement hangs: what
 * the server has not answered a few seconds after its statement_timeout ends as ConnectionLostError.
 */
export interface Session extends Queryable {
  readonly backendPid: number;
  /** PG's server_version_num, e.g. 150004. */
  readonly serverVersionNum: number;
  /** BEGIN … COMMIT around `work`; ROLLBACK when it throws. */
  transaction<T>(options: TransactionOptions, work: (tx: Queryable) => Promise<T>): Promise<T>;
  /**
   * Outside of transactions: statement_timeout for the statements of `work`, ms, and the one from before afterwards. An
   * answer is waited for as long, and a little longer.
   */
  withStatementTimeout<T>(ms: number, work: () => Promise<T>): Promise<T>;
  /**
   * Outside of transactions: what `query` is given again and again during `work` is planned once, without looking at its
   * values, instead of each time. For statements over the catalog whose planning takes longer than their running.
   */
  planningOnce<T>(work: () => Promise<T>): Promise<T>;
  /** Several statements in one simple query, one round trip; one row set per statement. No parameters. */
  script(text: string): Promise<Row[][]>;
  /**
   * Sends one statement and lets go: resolves to 'finished' when it ended within `waitMs`, else destroys the socket
   * without cancelling, so that the server works on, and resolves to 'running'; the session is of no use after that.
   */
  detach(text: string, waitMs: number): Promise<'finished' | 'running'>;
  /** Closes politely, and after a few seconds without an answer at once; safe to call twice. */
  end(): Promise<void>;
}

/** Sees every statement; crash tests throw from it. `before` runs before sending, `after` when the answer is in. */
export interface StatementObserver {
  before(text: string): void | Promise<void>;
  after(text: string): void | Promise<void>;
}

/** Opens a session whose application_name is `shadowstep/<purpose>`. */
export type OpenSession = (purpose: string) => Promise<Session>;
