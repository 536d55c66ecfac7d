import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { KeyShape, OrdersFixture } from './fixtures.ts';
import { type AccountRow, WriterAccount } from './writer-account.ts';
import {
  OPERATIONS,
  type Operation,
  REFUSED_OPERATIONS,
  type WriterHands,
  type WriterStatement,
  WrongAnswerError,
} from './writer-operations.ts';
import type { Progress } from './writer-progress.ts';

/** What a writer did not count on: must not happen. No row values: the statement's kind and the error. */
export interface WriterFault {
  readonly what: string;
  readonly error: string;
}

/** What one writer saw. */
export interface WriterCounts {
  statements: number;
  committed: number;
  rolledBack: number;
  /** Errors that the writer provoked itself, or must live with, by SQLSTATE. */
  readonly expectedErrors: Map<string, number>;
  /** REPEATABLE READ transactions that missed a row committed before them, which the last drain of a swap can cause. */
  staleSnapshots: number;
  readonly faults: WriterFault[];
  /** Of every statement, ms. */
  readonly latencies: number[];
}

export interface WriterOptions {
  readonly number: number;
  readonly seed: number;
  readonly tag: string;
  readonly fixture: OrdersFixture;
  readonly customers: number;
  /** Rows of the fixture that are this writer's. */
  readonly rows: readonly AccountRow[];
  /** Pause after a transaction for each of its statements on average, ms, while nobody waits for progress; 0 for none. */
  readonly pauseMs: number;
  readonly longTransactionMs: number;
}

/** Each writer has ten million keys of its own, beyond the fixture's and the sequence's, and below the end of int. */
const FIRST_KEY = 1_000_000_000;
const KEYS_PER_WRITER = 10_000_000;
/** Beyond this, deletions are preferred, so that a long run stays small. */
const MANY_ROWS = 400;

/** One connection that writes a seeded mix of transactions, and keeps its own books. */
export class Writer implements WriterHands {
  readonly account = new WriterAccount();
  readonly counts: WriterCounts = {
    statements: 0,
    committed: 0,
    rolledBack: 0,
    expectedErrors: new Map(),
    staleSnapshots: 0,
    faults: [],
    latencies: [],
  };
  readonly keyColumns: readonly string[];
  readonly tag: string;
  readonly keyHasDefault: boolean;
  readonly #client: pg.Client;
  readonly #options: WriterOptions;
  readonly #progress: Progress;
  #random: number;
  #made = 0;
  #inTransaction = false;
  #repeatableRead = false;

  constructor(client: pg.Client, options: WriterOptions, progress: Progress) {
    this.#client = client;
    this.#options = options;
    this.#progress = progress;
    this.#random = (options.seed * 1_000_003 + options.number * 7919) >>> 0;
    this.tag = `${options.tag}${options.number}`;
    this.keyColumns = options.fixture.keyColumns;
    this.keyHasDefault = options.fixture.keyShape !== 'composite';
    for (const row of options.rows) this.account.put(row);
  }

  /** Writes until `stopped` says so; ends with the transaction that is open then, or with a lost connection. */
  async work(stopped: () => boolean): Promise<void> {
    const { pauseMs } = this.#options;
    while (!stopped()) {
      const before = this.counts.statements;
      try {
        await this.#oneOf(this.integer(100));
      } catch (error) {
        await this.#recover(error);
        if (!isServerError(error) && !(error instanceof WrongAnswerError)) return;
      }
      // Never inside a transaction: no application dawdles there, and whoever waits for its locks would wait for our pace.
      const dueMs = pauseMs * (this.counts.statements - before) * (0.5 + this.integer(1000) / 1000);
      if (dueMs > 0) await this.#progress.pause(dueMs);
      // Lets the other writers of this process in even where a statement is answered at once.
      await pause(0);
    }
  }

  integer(limit: number): number {
    // mulberry32
    this.#random = (this.#random + 0x6d2b79f5) >>> 0;
    let t = this.#random;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * limit);
  }

  newKey(): readonly string[] {
    return keyOf(this.#options.fixture.keyShape, FIRST_KEY + this.#options.number * KEYS_PER_WRITER + this.#next());
  }

  newCode(): string {
    return `${this.tag}-${this.#next()}`;
  }

  newSlot(): string {
    return String(FIRST_KEY + this.#options.number * KEYS_PER_WRITER + this.#next());
  }

  customer(): number {
    return 1 + this.integer(this.#options.customers);
  }

  pick(count: number): AccountRow[] {
    const rows = this.account.rows();
    const picked = new Set<AccountRow>();
    for (let tries = 0; tries < 4 * count && picked.size < count; tries += 1) {
      const row = rows[this.integer(rows.length)];
      if (row !== undefined) picked.add(row);
    }
    return [...picked];
  }

  async send(statement: WriterStatement): Promise<Record<string, unknown>[]> {
    if (statement.count === 0) return [];
    const result = await this.#timed(statement);
    if (result.rowCount !== statement.count) {
      throw new WrongAnswerError(`${statement.what}: ${result.rowCount} rows instead of ${statement.count}`);
    }
    return result.rows;
  }

  async sendRefused(sqlstate: string, statement: WriterStatement): Promise<void> {
    try {
      await this.#timed(statement);
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === sqlstate) return this.#expected(sqlstate);
      throw error;
    }
    throw new WrongAnswerError(`${statement.what}: accepted, though it must be refused with ${sqlstate}`);
  }

  async #oneOf(dice: number): Promise<void> {
    if (dice < 30) return this.#operation();
    if (dice < 36) return this.#pickFrom(REFUSED_OPERATIONS)(this);
    if (dice < 64) return this.#transaction('BEGIN', 'COMMIT', () => this.#operations(1 + this.integer(4)));
    if (dice < 74) return this.#transaction('BEGIN', 'ROLLBACK', () => this.#operations(1 + this.integer(3)));
    if (dice < 86) return this.#transaction('BEGIN', 'COMMIT', () => this.#savepoints());
    const longer = dice >= 98;
    const begin = dice < 95 ? 'BEGIN ISOLATION LEVEL REPEATABLE READ' : 'BEGIN';
    return this.#transaction(begin, 'COMMIT', async () => {
      await this.#operations(2);
      // An application that thinks while its transaction is open.
      if (longer) await pause(this.#options.longTransactionMs);
      await this.#operations(1);
    });
  }

  #pickFrom(operations: readonly Operation[]): Operation {
    const operation = operations[this.integer(operations.length)];
    if (operation === undefined) throw new RangeError('There are no operations');
    return operation;
  }

  async #operation(): Promise<void> {
    const rows = this.account.rows();
    if (rows.length > MANY_ROWS) {
      const [first, second] = this.pick(2);
      for (const row of [first, second]) if (row) await this.#deleteNow(row);
      return;
    }
    await this.#pickFrom(OPERATIONS)(this);
  }

  async #operations(count: number): Promise<void> {
    for (let done = 0; done < count; done += 1) await this.#operation();
  }

  async #deleteNow(row: AccountRow): Promise<void> {
    const places = row.key.map((_, index) => `$${index + 1}`).join(', ');
    await this.send({
      what: 'delete',
      text: /* sql */ `DELETE FROM public.orders WHERE (${this.keyColumns.join(', ')}) = (${places})`,
      values: row.key,
      count: 1,
    });
    this.account.remove(row.key);
  }

  async #savepoints(): Promise<void> {
    await this.#operation();
    await this.#bare('SAVEPOINT one');
    this.account.begin();
    await (this.integer(2) === 0 ? this.#pickFrom(REFUSED_OPERATIONS)(this) : this.#operation());
    await this.#bare('ROLLBACK TO SAVEPOINT one');
    this.account.rollback();
    await this.#bare('SAVEPOINT two');
    this.account.begin();
    await this.#operation();
    await this.#bare('RELEASE SAVEPOINT two');
    this.account.commit();
  }

  async #transaction(begin: string, end: 'COMMIT' | 'ROLLBACK', work: () => Promise<void>): Promise<void> {
    await this.#bare(begin);
    this.#inTransaction = true;
    this.#repeatableRead = begin !== 'BEGIN';
    this.account.begin();
    await work();
    await this.#bare(end);
    this.#inTransaction = false;
    if (end === 'COMMIT') {
      this.account.commit();
      this.counts.committed += 1;
    } else {
      this.account.rollback();
      this.counts.rolledBack += 1;
    }
  }

  async #recover(error: unknown): Promise<void> {
    // Everywhere else the answer must be right; an old snapshot may lack what was written before it was taken.
    const stale = this.#repeatableRead && this.#inTransaction && error instanceof WrongAnswerError;
    const code = error instanceof pg.DatabaseError ? error.code : undefined;
    if (stale) this.counts.staleSnapshots += 1;
    else if (code === '40001') this.#expected(code);
    else this.counts.faults.push({ what: code ?? 'error', error: String(error) });
    if (!this.#inTransaction) return;
    this.#inTransaction = false;
    this.account.rollbackAll();
    this.counts.rolledBack += 1;
    await this.#client.query('ROLLBACK').catch(() => {});
  }

  #bare(text: string): Promise<pg.QueryResult> {
    return this.#timed({ what: text, text, values: [], count: 0 });
  }

  async #timed(statement: WriterStatement): Promise<pg.QueryResult> {
    const start = performance.now();
    try {
      const { text, values, prepared } = statement;
      return await this.#client.query({ text, values: [...values], ...(prepared ? { name: prepared } : {}) });
    } finally {
      this.counts.latencies.push(performance.now() - start);
      this.counts.statements += 1;
      this.#progress.step();
    }
  }

  #expected(sqlstate: string): void {
    this.counts.expectedErrors.set(sqlstate, (this.counts.expectedErrors.get(sqlstate) ?? 0) + 1);
  }

  #next(): number {
    this.#made += 1;
    return this.#made;
  }
}

function isServerError(error: unknown): boolean {
  // 57P01 and its like end the session, and with it the writer.
  return error instanceof pg.DatabaseError && !error.code?.startsWith('57P');
}

function keyOf(shape: KeyShape, number: number): readonly string[] {
  switch (shape) {
    case 'bigserial':
    case 'identity':
    case 'int':
      return [String(number)];
    case 'uuid': {
      const hex = createHash('md5').update(`writer ${number}`).digest('hex');
      return [hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')];
    }
    case 'composite':
      return [['eu', 'EU', 'ümlaut'][number % 3] ?? 'eu', String(number)];
  }
}
