import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { Family } from './family.ts';
import type { Tally } from './tally.ts';
import { TortureWriter } from './writer.ts';

export interface WritersOptions {
  readonly family: Family;
  readonly tally: Tally;
  readonly seed: string;
  readonly writers: number;
  /** A session of the application's role, or of a superuser, kept by the writer until it stops. */
  connect(role: 'app' | 'superuser'): Promise<pg.Client>;
}

/** Every fourth may set session_replication_role. */
const REPLICA_EVERY = 4;
/** Writer number 0 truncates; the more there are, the less of the whole that is. */
const TRUNCATE_ONCE_IN = 60;
/** Between two transactions of a writer, ms. */
const MOST_IDLE_MS = 10;

/** A millisecond or more each: a bound for what cannot be. */
const MOST_LOOKS = 20_000;

/** All writers of an episode. They run from `start` to `stop`, but for the time in which they are held. */
export class Writers {
  readonly all: readonly TortureWriter[];
  readonly #clients: readonly pg.Client[];
  readonly #seen: Seen;
  #stopped = false;
  #gate: Gate | null = null;
  #work: Promise<unknown> | null = null;

  private constructor(all: readonly TortureWriter[], clients: readonly pg.Client[], seen: Seen) {
    this.all = all;
    this.#clients = clients;
    this.#seen = seen;
  }

  static async create(options: WritersOptions): Promise<Writers> {
    const seen = new Seen();
    const clients = await Promise.all(
      Array.from({ length: options.writers }, (_, number) =>
        options.connect(mayReplicate(number) ? 'superuser' : 'app'),
      ),
    );
    const servers = await Promise.all(clients.map(serverOf));
    const all: TortureWriter[] = clients.map(
      (client, number) =>
        new TortureWriter(client, {
          number,
          ...(servers[number] ?? UNKNOWN_SERVER),
          seed: options.seed,
          family: options.family,
          tally: options.tally,
          mayReplicate: mayReplicate(number),
          truncateOnceIn: number === 0 ? TRUNCATE_ONCE_IN : 0,
          onStatement: () => seen.step(),
          settled: (truncating, client) =>
            settled(
              all.filter((writer) => writer !== truncating),
              client,
            ),
          emptied: (tables) => {
            for (const writer of all) writer.overtake(tables);
          },
          truncated: () => {
            for (const writer of all) writer.overtakeSnapshot();
          },
        }),
    );
    return new Writers(all, clients, seen);
  }

  start(): void {
    this.#work = Promise.all(this.all.map((writer) => this.#write(writer)));
  }

  /** Resolves when this many more statements have been answered, or when a writer has found a fault. */
  progressed(statements: number): Promise<void> {
    return this.#seen.after(statements);
  }

  /** Resolves when `main` has been truncated and that is committed, or when a writer has found a fault. */
  truncated(): Promise<void> {
    const [truncating] = this.all;
    if (truncating === undefined) return Promise.resolve();
    const done = new Promise<void>((resolve) => {
      truncating.truncatesNext = resolve;
    }).finally(() => {
      truncating.truncatesNext = null;
    });
    return Promise.race([done, this.#seen.after(Number.POSITIVE_INFINITY)]);
  }

  /** Whether writers may truncate when chance wants it. `truncated` works all the same. */
  set mayTruncate(may: boolean) {
    for (const writer of this.all) writer.mayTruncate = may;
  }

  get faults(): string[] {
    return this.all.flatMap((writer) => writer.faults);
  }

  /** Resolves when every writer stands between two transactions; nobody goes on before `release`. */
  async hold(): Promise<void> {
    this.#gate = new Gate(this.all.length);
    await this.#gate.allThere;
  }

  release(): void {
    this.#gate?.open();
    this.#gate = null;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.release();
    await this.#work;
    await Promise.all(this.#clients.map((client) => client.end()));
  }

  async #write(writer: TortureWriter): Promise<void> {
    while (!this.#stopped) {
      if (this.#gate !== null) await this.#gate.wait();
      if (this.faults.length > 0) {
        // The first fault is what counts; what follows from it is noise.
        this.#seen.end();
        await pause(MOST_IDLE_MS);
        continue;
      }
      await writer.step();
      // Lets the tool in, which has the same processors and the same process.
      await pause(writer.random.integer(MOST_IDLE_MS));
    }
  }
}

const UNKNOWN_SERVER = { serverVersionNum: 0, pid: 0 } as const;

async function serverOf(client: pg.ClientBase): Promise<{ serverVersionNum: number; pid: number }> {
  const { rows } = await client.query<{ version: number; pid: number }>(
    /* sql */ `SELECT current_setting('server_version_num')::integer AS version, pg_backend_pid() AS pid`,
  );
  return { serverVersionNum: rows[0]?.version ?? 0, pid: rows[0]?.pid ?? 0 };
}

/**
 * Resolves when each statement that is unanswered now has been answered, or waits for a lock. `client` holds ACCESS EXCLUSIVE
 * on tables: whoever waits has not touched them, since he would hold a lock that excludes ours.
 */
async function settled(others: readonly TortureWriter[], client: pg.ClientBase): Promise<void> {
  let open = others.map((writer) => ({ writer, statement: writer.unanswered })).filter((one) => one.statement !== null);
  for (let looks = 0; open.length > 0; looks += 1) {
    if (looks > MOST_LOOKS) throw new Error('Statements of others are neither answered nor do they wait for a lock');
    const { rows } = await client.query<{ pid: number }>(/* sql */ `SELECT pid FROM pg_locks WHERE NOT granted`);
    const waiting = new Set(rows.map((row) => row.pid));
    open = open.filter(({ writer, statement }) => writer.unanswered === statement && !waiting.has(writer.pid));
    if (open.length > 0) await pause(1);
  }
}

function mayReplicate(number: number): boolean {
  return number % REPLICA_EVERY === REPLICA_EVERY - 1;
}

/** Where the writers are held. */
class Gate {
  readonly allThere: Promise<void>;
  readonly #opened: Promise<void>;
  #missing: number;
  #arrived: () => void = () => {};
  open: () => void = () => {};

  constructor(writers: number) {
    this.#missing = writers;
    this.allThere = new Promise((resolve) => {
      this.#arrived = resolve;
    });
    this.#opened = new Promise((resolve) => {
      this.open = resolve;
    });
  }

  wait(): Promise<void> {
    this.#missing -= 1;
    if (this.#missing === 0) this.#arrived();
    return this.#opened;
  }
}

/** Wakes those who wait for a number of statements. */
class Seen {
  #done = 0;
  #ended = false;
  #waiting: { readonly at: number; resolve(): void }[] = [];

  step(): void {
    this.#done += 1;
    this.#wake(this.#done);
  }

  end(): void {
    this.#ended = true;
    this.#wake(Number.POSITIVE_INFINITY);
  }

  after(statements: number): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ at: this.#done + statements, resolve });
    });
  }

  #wake(done: number): void {
    if (this.#waiting.length === 0) return;
    const due = this.#waiting.filter((one) => one.at <= done);
    this.#waiting = this.#waiting.filter((one) => one.at > done);
    for (const one of due) one.resolve();
  }
}
