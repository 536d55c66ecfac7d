import { createHash } from 'node:crypto';
import type pg from 'pg';
import { PostgresError } from '../errors.ts';
import { applicationName, OWN_WRITE } from '../object-names.ts';
import { quoteLiteral } from './identifier.ts';
import type { Queryable, Row, Session, StatementObserver, TransactionOptions } from './session.ts';
import { asShadowstepError } from './sqlstate.ts';

export interface ConnectOptions {
  /** Ends up in application_name as `shadowstep/<purpose>`: operators see whose session it is. */
  readonly purpose: string;
  /** statement_timeout of the session, ms; below the invocation's remaining time. Default 60 000. */
  readonly statementTimeoutMs?: number;
  /**
   * How much longer than statement_timeout an answer is waited for, ms, and how long a polite goodbye; then the connection
   * counts as lost. Default 5 000: on AWS a statement ends 15 s before its invocation.
   */
  readonly answerGraceMs?: number;
  readonly observer?: StatementObserver;
}

export const DEFAULT_STATEMENT_TIMEOUT_MS = 60_000;
const DEFAULT_ANSWER_GRACE_MS = 5_000;

/** Makes a session as good as new but for its plans; DISCARD ALL would forget those too. */
const FORGET = [
  'ROLLBACK',
  'CLOSE ALL',
  'RESET ROLE',
  'RESET SESSION AUTHORIZATION',
  'RESET ALL',
  'UNLISTEN *',
  'SELECT pg_catalog.pg_advisory_unlock_all()',
  'DISCARD SEQUENCES',
  'DISCARD TEMP',
  // The clean-up ends what bears the run's name, and waits for it.
  `SET application_name = ${quoteLiteral(applicationName('kept'))}`,
].join('; ');

/** The socket under a client, TLS or not. */
type ClientWithSocket = pg.Client & { readonly connection: { readonly stream: { destroy(): void } } };

/** Where the connection of a session goes when that ends. */
export interface ConnectionKeeper {
  /** Takes a sound connection back; false when it does not want it, so that it is to be closed. */
  keep(client: pg.Client): boolean;
  /** Something has gone wrong on a connection, of which the server or the network may be the cause. */
  distrust(): void;
}

/** A session on a connection that is there. */
export class PostgresSession implements Session {
  readonly #client: pg.Client;
  readonly #observer: StatementObserver | undefined;
  readonly #answerGraceMs: number;
  /** The statement_timeout that holds now, as far as it was set through this session. */
  #statementTimeoutMs: number;
  #ended = false;
  readonly #keeper: ConnectionKeeper | undefined;
  /** Nothing has gone wrong in it: another session may have its connection. */
  #sound = true;
  /** Texts that came during `planningOnce`; null outside of it. */
  #queriesSeen: Set<string> | null = null;
  serverVersionNum = 0;

  constructor(client: pg.Client, options: ConnectOptions, keeper?: ConnectionKeeper) {
    this.#client = client;
    this.#keeper = keeper;
    this.#observer = options.observer;
    this.#answerGraceMs = options.answerGraceMs ?? DEFAULT_ANSWER_GRACE_MS;
    this.#statementTimeoutMs = options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS;
  }

  /** What the protocol's BackendKeyData said: a pooler makes up its own, which PRE_VALIDATION compares. */
  get backendPid(): number {
    return (this.#client as pg.Client & { processID: number }).processID;
  }

  /**
   * The first statement of all: it runs under a search_path that may be anybody's, so every name in it is qualified. What
   * the server has no parameter for is left out, but for one of our own: one that is too old is to be refused by name, not by the first of them.
   */
  async pin(settings: Readonly<Record<string, string>>): Promise<void> {
    const [row] = await this.query<{ version: number }>(
      /* sql */ `
      SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version,
             (SELECT pg_catalog.count(CASE WHEN s.name OPERATOR(pg_catalog.=) '${OWN_WRITE}' OR pg_catalog.current_setting(s.name, true) IS NOT NULL
                                           THEN pg_catalog.set_config(s.name, s.value, false) END)
              FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[]))
                   AS s(name, value)),
             -- PG 17+: it would end a detached statement, and any other transaction, in the middle.
             CASE WHEN pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL
                  THEN pg_catalog.set_config('transaction_timeout', '0', false) END`,
      [Object.keys(settings), Object.values(settings)],
    );
    this.serverVersionNum = row?.version ?? 0;
  }

  async query<R extends object = Row>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    await this.#observer?.before(text);
    const statement = { text, values: [...values], ...this.#namedIfRepeated(text) };
    const result = await this.#send(() => this.#client.query<R & pg.QueryResultRow>(statement));
    await this.#observer?.after(text);
    return result.rows;
  }

  async queryPrepared<R extends object = Row>(name: string, text: string): Promise<R[]> {
    await this.#observer?.before(text);
    const result = await this.#send(() => this.#client.query<R & pg.QueryResultRow>({ name, text }));
    await this.#observer?.after(text);
    return result.rows;
  }

  async planningOnce<T>(work: () => Promise<T>): Promise<T> {
    await this.script(/* sql */ `SET plan_cache_mode = force_generic_plan`);
    this.#queriesSeen = new Set();
    let result: T;
    try {
      result = await work();
    } finally {
      this.#queriesSeen = null;
    }
    await this.script(/* sql */ `RESET plan_cache_mode`);
    return result;
  }

  /** From the second time on: what is asked once, with a name of its own in it, would only fill the server's memory. */
  #namedIfRepeated(text: string): { readonly name?: string } {
    if (this.#queriesSeen === null || !this.#queriesSeen.has(text)) {
      this.#queriesSeen?.add(text);
      return {};
    }
    return { name: createHash('sha256').update(text).digest('base64url') };
  }

  async execute(text: string, values: readonly unknown[] = []): Promise<number> {
    await this.#observer?.before(text);
    const result = await this.#send(() => this.#client.query(text, [...values]));
    await this.#observer?.after(text);
    return result.rowCount ?? 0;
  }

  async script(text: string): Promise<Row[][]> {
    await this.#observer?.before(text);
    const result: unknown = await this.#send(() => this.#client.query(text));
    await this.#observer?.after(text);
    const results = (Array.isArray(result) ? result : [result]) as pg.QueryResult<Row>[];
    return results.map((one) => one.rows);
  }

  async transaction<T>(options: TransactionOptions, work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.#waitingFor(options.statementTimeoutMs ?? this.#statementTimeoutMs, async () => {
      await this.script(beginStatement(options));
      let result: T;
      try {
        result = await work(this);
      } catch (error) {
        await this.#send(() => this.#client.query('ROLLBACK')).catch(() => {});
        throw error;
      }
      await this.query('COMMIT');
      return result;
    });
  }

  async withStatementTimeout<T>(ms: number, work: () => Promise<T>): Promise<T> {
    const timeoutMs = Math.trunc(ms);
    const before = this.#statementTimeoutMs;
    await this.script(`SET statement_timeout = ${timeoutMs}`);
    const result = await this.#waitingFor(timeoutMs, work);
    await this.script(`SET statement_timeout = ${Math.trunc(before)}`);
    return result;
  }

  async detach(text: string, waitMs: number): Promise<'finished' | 'running'> {
    await this.#observer?.before(text);
    // Without a bound of its own: `waitMs` is one, and the statement may run for as long as it takes.
    const finished = named(() => this.#client.query(text)).then(
      () => 'finished' as const,
      (error: unknown) => {
        this.#sound = false;
        throw error;
      },
    );
    const letGo = new AbortController();
    const timer = new Promise<'running'>((resolve) => {
      const handle = setTimeout(() => resolve('running'), Math.max(0, waitMs));
      letGo.signal.addEventListener('abort', () => clearTimeout(handle));
    });
    try {
      const outcome = await Promise.race([finished, timer]);
      if (outcome === 'running') {
        finished.catch(() => {});
        this.#ended = true;
        // Destroyed, not ended: ending would wait for the statement, and a cancel request would stop it.
        this.#destroy();
      }
      await this.#observer?.after(text);
      return outcome;
    } finally {
      letGo.abort();
    }
  }

  async end(): Promise<void> {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    if (this.#keeper !== undefined && this.#sound && (await this.#forgotten()) && this.#keeper.keep(this.#client)) {
      return;
    }
    if (!this.#sound) {
      this.#keeper?.distrust();
    }
    // A peer that has gone silent never answers the goodbye.
    const patience = setTimeout(() => this.#destroy(), this.#answerGraceMs);
    await this.#client.end().catch(() => {});
    clearTimeout(patience);
  }

  async #forgotten(): Promise<boolean> {
    try {
      // As short as a goodbye: a network gone silent is not waited for here either.
      await this.#waitingFor(0, () => this.#send(() => this.#client.query(FORGET)));
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Sends, and waits for as long as the server may take by its statement_timeout, and a grace. A network that swallows
   * the answer without closing the connection would hold the unit until its invocation is ended from outside: what was
   * sent is retransmitted for a quarter of an hour (tcp_retries2), and a middlebox may answer keepalives for ever.
   */
  async #send<T>(send: () => Promise<T>): Promise<T> {
    const waitMs = this.#statementTimeoutMs + this.#answerGraceMs;
    let silent = false;
    const deadline = setTimeout(() => {
      silent = true;
      this.#destroy();
    }, waitMs);
    try {
      return await named(send);
    } catch (error) {
      this.#sound = false;
      throw silent ? silenceError(waitMs, error) : error;
    } finally {
      clearTimeout(deadline);
    }
  }

  async #waitingFor<T>(statementTimeoutMs: number, work: () => Promise<T>): Promise<T> {
    const before = this.#statementTimeoutMs;
    this.#statementTimeoutMs = statementTimeoutMs;
    try {
      return await work();
    } finally {
      this.#statementTimeoutMs = before;
    }
  }

  #destroy(): void {
    (this.#client as ClientWithSocket).connection.stream.destroy();
  }
}

async function named<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw asShadowstepError(error);
  }
}

function silenceError(waitedMs: number, cause: unknown): PostgresError {
  return new PostgresError(
    'ConnectionLostError',
    `The server has not answered for ${waitedMs} ms, longer than it may take: the connection counts as lost. What was ` +
      'not committed is rolled back once the server has noticed as well; the registry knows what was.',
    null,
    cause,
  );
}

/**
 * One round trip: BEGIN with its isolation and the local settings. Not READ WRITE, which a standby answers with 0A000
 * instead of 25006 (ReadOnlyServerError, retried); default_transaction_read_only is pinned.
 */
function beginStatement(options: TransactionOptions): string {
  const local = [
    options.lockTimeoutMs === undefined ? null : `SET LOCAL lock_timeout = ${Math.trunc(options.lockTimeoutMs)}`,
    options.statementTimeoutMs === undefined
      ? null
      : `SET LOCAL statement_timeout = ${Math.trunc(options.statementTimeoutMs)}`,
    options.asynchronousCommit ? 'SET LOCAL synchronous_commit = off' : null,
  ].filter((statement) => statement !== null);
  return [`BEGIN ISOLATION LEVEL ${options.isolation ?? 'READ COMMITTED'}`, ...local].join('; ');
}
