import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type BookRow, Books } from './books.ts';
import { copyIn } from './copy-in.ts';
import { ExpectedError, STALE_STATES, type StaleSnapshot, TRUNCATE_STATES } from './failures.ts';
import { type Family, type FamilyTable, familyColumns, type TableRole } from './family.ts';
import { type Hands, type Operation, type TortureStatement, WrongAnswerError } from './hands.ts';
import { contended } from './operations/contended.ts';
import { MIX } from './operations/mix.ts';
import { deleteSeveral, refill } from './operations/plain.ts';
import { REFUSED_OPERATIONS } from './operations/refused.ts';
import { pickTarget, type TruncateTarget, truncate } from './operations/truncate.ts';
import { Random } from './random.ts';
import { OperationLog, type Tally } from './tally.ts';

export interface TortureWriterOptions {
  readonly number: number;
  readonly seed: string;
  readonly family: Family;
  readonly tally: Tally;
  readonly serverVersionNum: number;
  readonly pid: number;
  /** A superuser's session, which may set session_replication_role. */
  readonly mayReplicate: boolean;
  /** Truncates once in so many transactions; 0 for never. */
  readonly truncateOnceIn: number;
  readonly onStatement: () => void;
  /** See `Writers.settled`; called in the transaction that has truncated, by its own session. */
  settled(truncating: TortureWriter, client: pg.ClientBase): Promise<void>;
  /** Called when a TRUNCATE of this writer is about to be committed, and nothing can keep it from that. */
  emptied(tables: readonly TableRole[]): void;
  /** It is committed. */
  truncated(): void;
}

type Isolation = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

/**
 * Below the first, rows are put in; above the second, taken away. So many that most are touched at most once during a
 * run: a change that the tool has lost must not be mended by the next one.
 */
const FEW_ROWS = 150;
const MANY_ROWS = 320;

/** One connection that writes a seeded mix of transactions on rows of its own, and keeps its own books. */
export class TortureWriter implements Hands {
  readonly books = new Books();
  readonly log = new OperationLog();
  readonly stale: StaleSnapshot[] = [];
  readonly faults: string[] = [];
  readonly random: Random;
  readonly family: Family;
  readonly number: number;
  readonly serverVersionNum: number;
  /** Of its server process. */
  readonly pid: number;
  /** Number of the statement that is not answered yet. */
  unanswered: number | null = null;
  /** False while sessions with old snapshots are to be told from broken ones. */
  mayTruncate = true;
  /** Truncates `main` at the next opportunity, until it has done so; then calls this. */
  truncatesNext: (() => void) | null = null;
  replica = false;
  inTransaction = false;
  readonly #client: pg.Client;
  readonly #options: TortureWriterOptions;
  #isolation: Isolation = 'READ COMMITTED';
  #beganAtMs = 0;
  #snapshotByMs: number | null = null;
  #made = 0;
  #statements = 0;
  /** TRUNCATEs of others that have overtaken the writer so far, and at the beginning of its step. */
  #overtakings = 0;
  #overtakingsAtStep = 0;
  /** A statement outside a transaction met a TRUNCATE: who knows what it did. */
  #booksAreDoubtful = false;

  constructor(client: pg.Client, options: TortureWriterOptions) {
    this.#client = client;
    this.#options = options;
    this.random = new Random(`${options.seed}:writer ${options.number}`);
    this.family = options.family;
    this.number = options.number;
    this.serverVersionNum = options.serverVersionNum;
    this.pid = options.pid;
  }

  /** False when only the table knows what a statement has done that met a TRUNCATE. */
  get booksAreGood(): boolean {
    return !this.#booksAreDoubtful;
  }

  /** Somebody has emptied tables, and what this writer sent before that is answered. */
  overtake(tables: readonly TableRole[]): void {
    this.books.empty(tables);
    this.#overtakings += 1;
  }

  /** For a snapshot from before the COMMIT the tables are empty, even of what was put in together with it. */
  overtakeSnapshot(): void {
    if (this.inTransaction && this.#isolation !== 'READ COMMITTED') this.#overtakings += 1;
  }

  get #overtaken(): boolean {
    return this.#overtakings !== this.#overtakingsAtStep;
  }

  /** One transaction, or one operation without. Never throws: what went wrong is in `faults`. */
  async step(): Promise<void> {
    try {
      if (this.#overtaken && !this.#booksAreDoubtful) this.#options.tally.booksKept += 1;
      this.#overtakingsAtStep = this.#overtakings;
      if (this.#booksAreDoubtful) await this.readBooksAnew();
      await this.#oneOf(this.random.integer(100));
    } catch (error) {
      await this.#recover(error);
    }
  }

  next(): number {
    this.#made += 1;
    return this.#made;
  }

  pick(table: TableRole, count: number): BookRow[] {
    return this.random.some(this.books.rows(table), count);
  }

  async send(statement: TortureStatement): Promise<{ rows: Record<string, unknown>[]; count: number }> {
    const { text, values = [], prepared, expects = [] } = statement;
    try {
      const result = await this.#timed(statement, () =>
        this.#client.query<Record<string, unknown>>({
          text,
          values: [...values],
          ...(prepared ? { name: prepared } : {}),
        }),
      );
      const count = result.rowCount ?? 0;
      if (statement.count !== undefined && count !== statement.count) {
        throw new WrongAnswerError(`${statement.kind}: ${count} rows instead of ${statement.count}`);
      }
      return { rows: result.rows, count };
    } catch (error) {
      if (error instanceof pg.DatabaseError && expects.includes(error.code ?? '')) throw new ExpectedError(error.code);
      throw error;
    }
  }

  async copy(table: TableRole, columns: readonly string[], rows: readonly (string | null)[][]): Promise<void> {
    const count = await this.#timed({ kind: 'copy', text: '' }, () =>
      copyIn(this.#client, `public.${table}`, columns, rows),
    );
    if (count !== rows.length) throw new WrongAnswerError(`copy: ${count} rows instead of ${rows.length}`);
  }

  async sendRefused(sqlstates: readonly string[], statement: TortureStatement): Promise<void> {
    try {
      await this.#timed(statement, () => this.#client.query(statement.text, [...(statement.values ?? [])]));
    } catch (error) {
      const code = error instanceof pg.DatabaseError ? error.code : undefined;
      if (code === undefined || !sqlstates.includes(code)) throw error;
      return this.#expected(code);
    }
    throw new WrongAnswerError(`${statement.kind}: accepted, though it must be refused with ${sqlstates.join(' or ')}`);
  }

  /** Own rows of a table as they are now; for comparisons with the books. */
  async ownRows(client: pg.ClientBase, table: FamilyTable): Promise<BookRow[]> {
    const columns = familyColumns(table);
    const { rows } = await client.query<{ row: (string | null)[] }>(
      /* sql */ `
      SELECT ARRAY[${columns.map((column) => `${column}::text`).join(', ')}] AS row
      FROM public.${table.name} WHERE owner = $1`,
      [this.number],
    );
    return rows.map(({ row }) => ({
      table: table.name,
      key: table.keyColumns.map((column) => String(row[columns.indexOf(column)])),
      values: Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null])),
    }));
  }

  /** Begins anew with what the tables hold, unless a TRUNCATE comes in between. */
  async readBooksAnew(): Promise<void> {
    const rows: BookRow[] = [];
    for (const table of this.family.tables) rows.push(...(await this.ownRows(this.#client, table)));
    if (this.#overtaken) return;
    this.books.adopt(rows);
    this.#booksAreDoubtful = false;
    this.#options.tally.booksReadAnew += 1;
  }

  async #oneOf(dice: number): Promise<void> {
    const { truncateOnceIn, mayReplicate } = this.#options;
    if (this.truncatesNext !== null) return this.#truncate('main', 'COMMIT');
    if (truncateOnceIn > 0 && this.random.onceIn(truncateOnceIn) && this.mayTruncate) {
      return this.#truncate(pickTarget(this), this.random.onceIn(4) ? 'ROLLBACK' : 'COMMIT');
    }
    if (mayReplicate && this.random.onceIn(2)) {
      return this.#transaction(this.#end(), () => this.#operations(3), { replica: true });
    }
    if (dice < 30) return this.#operation();
    if (dice < 35) return this.random.pick(REFUSED_OPERATIONS)(this);
    if (dice < 40) return contended(this);
    if (dice < 62) return this.#transaction('COMMIT', () => this.#operations(3));
    if (dice < 70) return this.#transaction('ROLLBACK', () => this.#operations(3));
    if (dice < 80) return this.#transaction(this.#end(), () => this.#savepoints());
    if (dice < 85) return this.#transaction('COMMIT', () => this.#thenContended());
    const isolation = dice < 91 ? 'REPEATABLE READ' : dice < 97 ? 'SERIALIZABLE' : 'READ COMMITTED';
    const longMs = dice >= 95 ? 50 + this.random.integer(250) : 0;
    return this.#transaction(
      this.#end(),
      async () => {
        await this.#operations(2);
        // An application that thinks while its transaction is open.
        if (longMs > 0) await pause(longMs);
        await (this.random.onceIn(3) ? this.#thenContended() : this.#operations(2));
      },
      { isolation },
    );
  }

  #end(): 'COMMIT' | 'ROLLBACK' {
    return this.random.onceIn(5) ? 'ROLLBACK' : 'COMMIT';
  }

  async #operation(): Promise<void> {
    const rows = this.books.rows('main').length;
    const operation: Operation =
      rows < FEW_ROWS ? refill : rows > MANY_ROWS ? deleteSeveral : this.random.weighted(MIX);
    await operation(this);
  }

  async #operations(most: number): Promise<void> {
    for (let left = 1 + this.random.integer(most); left > 0; left -= 1) await this.#operation();
  }

  async #thenContended(): Promise<void> {
    await this.#operations(2);
    await contended(this);
  }

  async #savepoints(): Promise<void> {
    await this.#operation();
    await this.#bare('SAVEPOINT one');
    this.books.begin();
    await (this.random.onceIn(2) ? this.random.pick(REFUSED_OPERATIONS)(this) : this.#operations(2));
    await this.#bare('ROLLBACK TO SAVEPOINT one');
    this.books.rollback();
    await this.#bare('SAVEPOINT two');
    this.books.begin();
    await this.#operations(2);
    await this.#bare('RELEASE SAVEPOINT two');
    this.books.commit();
  }

  /**
   * While the transaction holds ACCESS EXCLUSIVE, the statements of others have either been carried out before it, or wait
   * for it. When the answers of the former are in, all that anybody has booked in these tables is gone with the COMMIT, and
   * all that is booked later is there. Nobody sends more than one statement at a time, so that this is known of each.
   */
  async #truncate(target: TruncateTarget, end: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    const { family } = this;
    const { tally, settled, emptied, truncated } = this.#options;
    await this.#transaction(end, async () => {
      const tables = await truncate(this, target);
      if (end === 'ROLLBACK') return;
      await settled(this, this.#client);
      // From here to the COMMIT on its way, nobody else has his turn.
      family.truncations += 1;
      emptied(tables);
      this.#overtakingsAtStep = this.#overtakings;
    });
    if (end === 'ROLLBACK') return;
    family.truncations += 1;
    truncated();
    tally.truncates += 1;
    if (target === 'main') this.truncatesNext?.();
  }

  async #transaction(
    end: 'COMMIT' | 'ROLLBACK',
    work: () => Promise<void>,
    { isolation = 'READ COMMITTED', replica = false }: { isolation?: Isolation; replica?: boolean } = {},
  ): Promise<void> {
    this.#isolation = isolation;
    this.#beganAtMs = performance.now();
    await this.#bare(isolation === 'READ COMMITTED' ? 'BEGIN' : `BEGIN ISOLATION LEVEL ${isolation}`);
    this.inTransaction = true;
    this.#snapshotByMs = null;
    this.books.begin();
    if (replica) {
      await this.#bare('SET LOCAL session_replication_role = replica');
      this.replica = true;
      await this.#holdOffTruncates();
    }
    await work();
    if (end === 'COMMIT' && this.#overtaken) throw new WrongAnswerError('a TRUNCATE came in between');
    await this.#bare(end);
    this.#left();
    this.#options.tally.count(
      this.#options.tally.transactions,
      `${replica ? 'replica ' : ''}${isolation.toLowerCase()} ${end.toLowerCase()}`,
    );
    if (end === 'COMMIT') this.books.commit();
    else this.books.rollback();
  }

  /**
   * Nobody checks the foreign keys of a replica session: a child of a parent that a TRUNCATE has just taken would stay, and
   * the tool would rightly report it.
   */
  async #holdOffTruncates(): Promise<void> {
    await this.#bare('LOCK TABLE public.main, public.up IN ROW SHARE MODE');
    if (this.#overtaken) throw new WrongAnswerError('a TRUNCATE came before the lock');
  }

  #left(): void {
    this.inTransaction = false;
    this.replica = false;
    this.#isolation = 'READ COMMITTED';
  }

  async #recover(error: unknown): Promise<void> {
    const { tally } = this.#options;
    const code = error instanceof pg.DatabaseError ? error.code : undefined;
    const wrong = error instanceof WrongAnswerError;
    const inOldSnapshot = this.inTransaction && this.#isolation !== 'READ COMMITTED';
    this.log.add(`  failed: ${code ?? String(error)}`);
    if (error instanceof ExpectedError) this.#expected(error.sqlstate);
    else if (code === '40001' && inOldSnapshot) this.#expected(code);
    else if (this.#overtaken && (wrong || TRUNCATE_STATES.includes(code))) tally.overtakenByTruncate += 1;
    else if (inOldSnapshot && (wrong || STALE_STATES.includes(code))) {
      this.stale.push({
        writer: this.number,
        beganAtMs: this.#beganAtMs,
        snapshotByMs: this.#snapshotByMs ?? performance.now(),
        endedAtMs: performance.now(),
        what: String(error),
      });
      tally.staleSnapshots += 1;
    } else this.faults.push(`writer ${this.number}: ${code ?? ''} ${String(error)}`);
    if (this.inTransaction) {
      this.#left();
      this.books.rollbackAll();
      await this.#client.query('ROLLBACK').catch((lost: unknown) => this.faults.push(String(lost)));
    }
    // Outside a transaction an operation may have done some of its statements: those are in the books already.
  }

  async #bare(text: string): Promise<void> {
    await this.#timed({ kind: text.split(' ').slice(0, 2).join(' ').toLowerCase(), text }, () =>
      this.#client.query(text),
    );
  }

  async #timed<T>(statement: TortureStatement, query: () => Promise<T>): Promise<T> {
    const { tally, onStatement } = this.#options;
    tally.count(tally.statements, statement.kind);
    this.log.add(`${this.inTransaction ? '  ' : ''}${statement.kind} ${(statement.keys ?? []).join(' ')}`.trimEnd());
    const started = performance.now();
    this.#statements += 1;
    this.unanswered = this.#statements;
    try {
      return await query();
    } finally {
      this.unanswered = null;
      if (this.#overtaken && !this.inTransaction) this.#booksAreDoubtful = true;
      const ended = performance.now();
      tally.latencies.push(ended - started);
      if (this.inTransaction) this.#snapshotByMs ??= ended;
      onStatement();
    }
  }

  #expected(sqlstate: string): void {
    this.#options.tally.count(this.#options.tally.expectedErrors, sqlstate);
  }
}
