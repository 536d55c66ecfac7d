import pg from 'pg';
import { type RunningWriters, startWriters } from '../support/writers.ts';
import type { TrafficCommand, TrafficReport, TrafficSaid } from './traffic.ts';

/** The application of the demo, in a process of its own: its stalls are the database's, not our event loop's. */

/** One transaction in fifty thinks for so long while it holds its locks. */
const LONG_TRANSACTION_MS = 60;

let running: RunningWriters | null = null;
let connectionString = '';
/** Of every statement since the last mark, ms. */
let latencies: number[] = [];

/** A connection that keeps its statements' times, so that the writers need not stop between two measurements. */
async function client(): Promise<pg.Client> {
  const one = new pg.Client({ connectionString });
  one.on('error', () => {});
  await one.connect();
  const query = one.query.bind(one) as (...statement: unknown[]) => Promise<unknown>;
  const timed = async (...statement: unknown[]): Promise<unknown> => {
    const startedAt = performance.now();
    try {
      return await query(...statement);
    } finally {
      latencies.push(performance.now() - startedAt);
    }
  };
  return Object.assign(one, { query: timed });
}

async function start(command: Extract<TrafficCommand, { do: 'start' }>): Promise<TrafficSaid> {
  connectionString = command.url;
  const { fixture, writers, perSecond } = command;
  running = await startWriters({ appClient: client }, fixture, {
    writers,
    perSecond,
    longTransactionMs: LONG_TRANSACTION_MS,
  });
  // The first statements of a connection fill its caches.
  await running.progressed(10 * writers);
  latencies = [];
  return { said: 'started' };
}

function mark(): TrafficSaid {
  const sorted = Float64Array.from(latencies).sort();
  latencies = [];
  const quantile = (fraction: number) => sorted[Math.floor(fraction * (sorted.length - 1))] ?? 0;
  return { said: 'marked', latency: { statements: sorted.length, p99Ms: quantile(0.99), longestMs: quantile(1) } };
}

async function stop(): Promise<TrafficSaid> {
  if (running === null) {
    throw new Error('There is no traffic to stop');
  }
  const { expectRows, ...counts } = await running.stop();
  running = null;
  const reader = new pg.Client({ connectionString });
  await reader.connect();
  const accountFault = await expectRows(reader).then(
    () => null,
    (error: unknown) => String(error),
  );
  await reader.end();
  return { said: 'stopped', report: { ...counts, accountFault } satisfies TrafficReport };
}

async function answer(command: TrafficCommand): Promise<TrafficSaid> {
  try {
    switch (command.do) {
      case 'start':
        return await start(command);
      case 'mark':
        return mark();
      case 'stop':
        return await stop();
    }
  } catch (error) {
    return { said: 'failed', error: String(error) };
  }
}

process.on('message', (command: TrafficCommand) => {
  answer(command).then((said) => process.send?.(said));
});
// The demo has ended, whichever way.
process.on('disconnect', () => process.exit());
