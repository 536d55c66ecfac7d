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
    const { rows } = (await clients[0]?.query<{ version: number }>(
      `SELECT current_setting('server_version_num')::integer AS version`,
    )) ?? { rows: [] };
    const all = clients.map(
      (client, number) =>
        new TortureWriter(client, {
          number,
          seed: options.seed,
          family: options.family,
          tally: options.tally,
          serverVersionNum: rows[0]?.version ?? 0,
          mayReplicate: mayReplicate(number),
          truncateOnceIn: number === 0 ? TRUNCATE_ONCE_IN : 0,
          onStatement: () => seen.step(),
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
