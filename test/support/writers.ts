import type pg from 'pg';
import type { TestDatabase } from './database.ts';
import type { OrdersFixture } from './fixtures.ts';
import { Writer, type WriterFault } from './writer.ts';
import { expectAccountedRows, readRows } from './writer-account.ts';
import { Progress } from './writer-progress.ts';

export interface WritersOptions {
  /** Connections. Default 4. */
  readonly writers?: number;
  /** The same seed makes the same statements, though not the same interleaving. Default 1. */
  readonly seed?: number;
  /**
   * Statements a second, all writers together, while nobody waits for `progressed`. Default: as fast as they are answered.
   */
  readonly perSecond?: number;
  /** How long one transaction in fifty stays open, ms. Default 300. */
  readonly longTransactionMs?: number;
  /** Rows of the fixture that each writer takes for its own. Default 150. */
  readonly rowsPerWriter?: number;
}

/** What the application saw. */
export interface WriterReport {
  readonly statements: number;
  readonly committed: number;
  readonly rolledBack: number;
  /** By SQLSTATE: refusals that the writers provoked (23505, 23503), and serialization failures (40001). */
  readonly expectedErrors: Readonly<Record<string, number>>;
  /**
   * REPEATABLE READ transactions that missed a row committed before them. A transaction that begins in the moment before
   * a swap may see what the last drain moved as it was before (section 8 of the design): few, and none without a swap.
   */
  readonly staleSnapshots: number;
  /** Errors and wrong answers that no writer provoked: must be empty. */
  readonly unexpected: readonly WriterFault[];
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly longest: number };
  /**
   * Throws unless the rows that writers own (with the number of their child rows) are in the table as they were
   * committed, and those they removed are not.
   */
  expectRows(client: pg.ClientBase): Promise<void>;
}

export interface RunningWriters {
  /** Resolves when this many more statements have been answered; rejects when all writers have ended before. */
  progressed(statements: number): Promise<void>;
  /** Lets each writer finish its transaction, and closes the connections. */
  stop(): Promise<WriterReport>;
}

/**
 * Starts writers on the orders fixture, as the application's role. Each has its own connection, its own keys and its own
 * share of the fixture's rows, so that any error but those it provokes is somebody else's fault, and so that it knows
 * what must be in the table at the end.
 */
export async function startWriters(
  database: Pick<TestDatabase, 'appClient'>,
  fixture: OrdersFixture,
  options: WritersOptions = {},
): Promise<RunningWriters> {
  const { writers: count = 4, seed = 1, perSecond, longTransactionMs = 300, rowsPerWriter = 150 } = options;
  const clients = await Promise.all(Array.from({ length: count }, () => database.appClient('app')));
  const tag = `writer-${seed}-`;
  const { customers, rows } = await prepare(clients[0], fixture, seed, count * rowsPerWriter);
  const progress = new Progress();
  const writers = clients.map(
    (client, number) =>
      new Writer(
        client,
        {
          number,
          seed,
          tag,
          fixture,
          customers,
          rows: rows.filter((_, index) => index % count === number),
          pauseMs: perSecond === undefined ? 0 : (1000 * count) / perSecond,
          longTransactionMs,
        },
        progress,
      ),
  );
  let stopped = false;
  const work = Promise.all(writers.map((writer) => writer.work(() => stopped)));
  work.then(
    () => progress.end(),
    () => progress.end(),
  );
  return {
    progressed: (statements) => progress.after(statements),
    stop: async () => {
      stopped = true;
      progress.wake();
      await work;
      await Promise.all(clients.map((client) => client.end()));
      return reportOf(writers, fixture, tag);
    },
  };
}

/** The writers' rows of the fixture: spread over the whole table, the same for the same seed. */
async function prepare(client: pg.Client | undefined, fixture: OrdersFixture, seed: number, limit: number) {
  if (client === undefined) throw new RangeError('At least one writer');
  const { rows } = await client.query<{ customers: number }>(
    /* sql */ `SELECT count(*)::integer AS customers FROM public.customers`,
  );
  return {
    customers: rows[0]?.customers ?? 0,
    rows: await readRows(
      client,
      fixture.keyColumns,
      /* sql */ `WHERE o.code ~ '^c[0-9]+$' ORDER BY md5(o.code || $1::text), o.code LIMIT $2`,
      [String(seed), limit],
    ),
  };
}

function reportOf(writers: readonly Writer[], fixture: OrdersFixture, tag: string): WriterReport {
  const counts = writers.map((writer) => writer.counts);
  const sum = (of: (one: (typeof counts)[number]) => number) => counts.reduce((total, one) => total + of(one), 0);
  const expectedErrors: Record<string, number> = {};
  for (const one of counts) {
    for (const [code, times] of one.expectedErrors) expectedErrors[code] = (expectedErrors[code] ?? 0) + times;
  }
  const latencies = Float64Array.from(counts.flatMap((one) => one.latencies)).sort();
  const quantile = (fraction: number) => latencies[Math.floor(fraction * (latencies.length - 1))] ?? 0;
  return {
    statements: sum((one) => one.statements),
    committed: sum((one) => one.committed),
    rolledBack: sum((one) => one.rolledBack),
    expectedErrors,
    staleSnapshots: sum((one) => one.staleSnapshots),
    unexpected: counts.flatMap((one) => one.faults),
    latencyMs: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), longest: quantile(1) },
    expectRows: (client) =>
      expectAccountedRows(
        client,
        writers.map((writer) => writer.account),
        fixture.keyColumns,
        tag,
      ),
  };
}
