import type pg from 'pg';
import type { TestDatabase } from '../support/database.ts';
import { Progress } from '../support/writer-progress.ts';
import { copyIn } from '../torture/copy-in.ts';
import { Random } from '../torture/random.ts';
import type { PartitionedShape } from './shapes.ts';

/** What is known of a row: its place and its note. */
interface Entry {
  at: string;
  region: string;
  note: string;
}

export interface RootWriters {
  /** Resolves when this many more statements have been answered; rejects when a writer has ended with an error. */
  progressed(statements: number): Promise<void>;
  /** Lets each finish its statement; the errors that the application saw, and the rows that must be there, by their ids. */
  stop(): Promise<{
    readonly errors: readonly string[];
    readonly rows: ReadonlyMap<number, Entry>;
    readonly statements: number;
  }>;
}

/** After each statement, while nobody waits for progress: the run under test has the same two processors. */
const PAUSE_MS = 20;

/** Ids of a writer begin at this times its number. */
const IDS_PER_WRITER = 1_000_000;

/**
 * Writers of the application's role that know the root only: INSERT, COPY, UPDATE in place, UPDATE that moves a row to
 * another partition, upsert, DELETE, and two of them in a transaction that is rolled back now and then. Each has ids of its
 * own and books of what it has committed, so that any error and any difference is the tool's.
 */
export async function startRootWriters(
  database: TestDatabase,
  shape: PartitionedShape,
  count = 3,
): Promise<RootWriters> {
  const clients = await Promise.all(Array.from({ length: count }, () => database.appClient('app')));
  const progress = new Progress();
  const errors: string[] = [];
  let [stopped, statements] = [false, 0];
  const answered = async () => {
    statements += 1;
    progress.step();
    await progress.pause(PAUSE_MS);
  };
  const books = clients.map(() => new Map<number, Entry>());
  const work = clients.map((client, number) =>
    write(client, shape, number + 1, books[number] ?? new Map(), () => stopped, answered).catch((error: Error) => {
      errors.push(error.message);
      progress.end();
    }),
  );
  return {
    progressed: (more) => progress.after(more),
    async stop() {
      stopped = true;
      progress.wake();
      await Promise.all(work);
      await Promise.all(clients.map((client) => client.end()));
      return { errors, rows: new Map(books.flatMap((book) => [...book])), statements };
    },
  };
}

async function write(
  client: pg.Client,
  shape: PartitionedShape,
  number: number,
  book: Map<number, Entry>,
  stopped: () => boolean,
  answered: () => Promise<void>,
): Promise<void> {
  const random = new Random(`${shape.name}:${number}`);
  let nextId = number * IDS_PER_WRITER;
  const place = () => {
    const [at, region] = random.pick(shape.places);
    return { at, region };
  };
  const some = () => (book.size === 0 ? null : random.pick([...book.keys()]));
  const statement = async (kept: Map<number, Entry>): Promise<void> => {
    const id = some();
    const entry = id === null ? undefined : kept.get(id);
    const what = id === null || entry === undefined ? random.pick(['insert', 'copy']) : random.pick(KINDS);
    const to = place();
    const note = `n${random.integer(1_000_000)}`;
    if (what === 'insert' || id === null || entry === undefined) {
      nextId += 1;
      await client.query(`INSERT INTO public.sales (id, at, region, note) VALUES ($1, $2, $3, $4)`, [
        nextId,
        to.at,
        to.region,
        note,
      ]);
      kept.set(nextId, { ...to, note });
    } else if (what === 'copy') {
      const ids = [nextId + 1, nextId + 2, nextId + 3];
      nextId += 3;
      const rows = ids.map((one) => ({ one, ...place(), note }));
      await copyIn(
        client,
        'public.sales',
        ['id', 'at', 'region', 'note'],
        rows.map((row) => [String(row.one), row.at, row.region, row.note]),
      );
      for (const { one, ...rest } of rows) kept.set(one, rest);
    } else if (what === 'update') {
      await client.query(`UPDATE public.sales SET note = $2 WHERE id = $1`, [id, note]);
      kept.set(id, { ...entry, note });
    } else if (what === 'move') {
      await client.query(`UPDATE public.sales SET at = $2, region = $3, note = $4 WHERE id = $1`, [
        id,
        to.at,
        to.region,
        note,
      ]);
      kept.set(id, { ...to, note });
    } else {
      await client.query(`DELETE FROM public.sales WHERE id = $1`, [id]);
      kept.delete(id);
    }
  };
  while (!stopped()) {
    const several = random.onceIn(6);
    if (!several) {
      await statement(book);
    } else {
      const kept = new Map(book);
      await client.query('BEGIN');
      await statement(kept);
      await statement(kept);
      if (random.onceIn(3)) {
        await client.query('ROLLBACK');
      } else {
        await client.query('COMMIT');
        book.clear();
        for (const [id, entry] of kept) book.set(id, entry);
      }
    }
    // Few enough rows to be picked from quickly.
    if (book.size > 400) {
      const ids = [...book.keys()].slice(0, 200);
      await client.query(`DELETE FROM public.sales WHERE id = ANY ($1)`, [ids]);
      for (const id of ids) book.delete(id);
    }
    await answered();
  }
}

const KINDS = ['insert', 'copy', 'update', 'update', 'move', 'move', 'move', 'delete'] as const;
