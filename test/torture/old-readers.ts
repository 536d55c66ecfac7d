import pg from 'pg';
import type { Family } from './family.ts';
import type { Tally } from './tally.ts';

/** Seen by a session in its snapshot: tables, how many rows each holds, and a sum over all they hold. */
type Sight = ReadonlyMap<string, string>;

/**
 * An application's session with a REPEATABLE READ snapshot from before the last drain of a run, which has touched none of
 * the tables: no lock of its keeps them from changing places, only the wait for its snapshot does. What it must see is
 * known from a second session in the same snapshot, which has ended since.
 */
export class OldReader {
  /** Of its server process: the tool must name it when it waits. */
  readonly pid: number;
  readonly #client: pg.Client;
  readonly #family: Family;
  readonly #truncations: number;
  readonly #seen: Sight;
  readonly #tally: Tally;

  private constructor(client: pg.Client, family: Family, tally: Tally, pid: number, seen: Sight, truncations: number) {
    this.#client = client;
    this.#family = family;
    this.#tally = tally;
    this.pid = pid;
    this.#seen = seen;
    this.#truncations = truncations;
  }

  /** @param connect gives a session of the application's role */
  static async open(connect: () => Promise<pg.Client>, family: Family, tally: Tally): Promise<OldReader> {
    const { truncations } = family;
    const [client, companion] = await Promise.all([connect(), connect()]);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const { rows } = await client.query<{ pid: number; snapshot: string }>(
      'SELECT pg_backend_pid() AS pid, pg_export_snapshot() AS snapshot',
    );
    const [one] = rows;
    if (one === undefined) throw new Error('The server gave no snapshot');
    await companion.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await companion.query(`SET TRANSACTION SNAPSHOT ${pg.escapeLiteral(one.snapshot)}`);
    const seen = await look(companion, family);
    await companion.query('COMMIT');
    await companion.end();
    tally.oldReaders += 1;
    return new OldReader(client, family, tally, one.pid, seen, truncations);
  }

  /**
   * Reads all tables. Resolves to what differs from what the snapshot holds. A TRUNCATE empties a table for older snapshots
   * too (manual, MVCC Caveats): after one the reader knows nothing.
   */
  async check(): Promise<string[]> {
    const now = await look(this.#client, this.#family);
    if (this.#family.truncations !== this.#truncations) {
      this.#tally.oldReadersOvertakenByTruncate += 1;
      return [];
    }
    this.#tally.oldReaderLooks += 1;
    return [...this.#seen]
      .filter(([table, sight]) => now.get(table) !== sight)
      .map(([table, sight]) => `pid ${this.pid} read ${table} as ${now.get(table)}; its snapshot holds ${sight}`);
  }

  async leave(): Promise<void> {
    await this.#client.query('COMMIT').finally(() => this.#client.end());
  }
}

/** A reader goes when it has been waited for so often. */
const WAITS_UNTIL_IT_LEAVES = 2;

/** Those of one run. While one of them is open, the tables must not change places. */
export class OldReaders {
  readonly #world: ReadersWorld;
  readonly #open = new Map<OldReader, { waits: number }>();

  constructor(world: ReadersWorld) {
    this.#world = world;
  }

  get any(): boolean {
    return this.#open.size > 0;
  }

  async open(count: number): Promise<void> {
    for (let left = count; left > 0; left -= 1) this.#open.set(await this.#world.openReader(), { waits: 0 });
  }

  /** The tool waits. Whom it names looks, which locks the tables for the first time, and leaves the time after. */
  async waited(because: string): Promise<void> {
    for (const [reader, seen] of this.#open) {
      if (!because.includes(`pid ${reader.pid} `)) continue;
      if (seen.waits === 0) this.#world.waitedFor();
      seen.waits += 1;
      await this.#check(reader);
      if (seen.waits < WAITS_UNTIL_IT_LEAVES) continue;
      this.#open.delete(reader);
      await reader.leave();
    }
  }

  /** The tables have changed places. */
  async exchanged(): Promise<void> {
    for (const reader of this.#open.keys()) {
      this.#world.problem(
        `the tables changed places while pid ${reader.pid} read in a snapshot from before the last drain`,
      );
      await this.#check(reader);
    }
  }

  /** Of a run that came to no exchange, or that failed. */
  async leave(): Promise<void> {
    for (const reader of this.#open.keys()) {
      await this.#check(reader).finally(() => reader.leave());
    }
    this.#open.clear();
  }

  async #check(reader: OldReader): Promise<void> {
    for (const wrong of await reader.check()) this.#world.problem(wrong);
  }
}

export interface ReadersWorld {
  openReader(): Promise<OldReader>;
  waitedFor(): void;
  problem(text: string): void;
}

async function look(client: pg.ClientBase, family: Family): Promise<Sight> {
  const sights = new Map<string, string>();
  for (const table of family.tables) {
    const { rows } = await client.query<{ sight: string }>(/* sql */ `
      SELECT count(*) || ' rows, sum ' || COALESCE(sum(hashtextextended(t::text, 0)), 0) AS sight
      FROM public.${table.name} AS t`);
    sights.set(table.name, rows[0]?.sight ?? '');
  }
  return sights;
}
