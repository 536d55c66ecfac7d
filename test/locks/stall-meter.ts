import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { TestDatabase } from '../support/database.ts';
import { pidOf } from './holders.ts';

/** What others may be stalled for by us at most, ms: lockTimeoutMs + swapDrainBudgetMs, as they are by default, and 50. */
export const LONGEST_STALL_MS = 100 + 20 + 50;

/** What the probes need of a database: an application's connections, and one that sees everybody. */
export type Connectable = Pick<TestDatabase, 'client' | 'appClient'>;

export type ProbeKind = 'read' | 'write';

/** A small statement of an application, sent again and again by a session of its own. */
export interface ProbeStatement {
  /** What it is counted under. */
  readonly of: string;
  readonly sql: string;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

interface Probe extends Span {
  readonly of: string;
  readonly pid: number;
}

const PROBES: Readonly<Record<ProbeKind, (table: string) => string>> = {
  read: (table) => `SELECT note FROM ${table} WHERE id = 2`,
  write: (table) => `UPDATE ${table} SET kind_id = 1 WHERE id = 3`,
};

const EVERY_MS = 3;

/**
 * Processes that have to get the processor one after the other before a stalled statement answers: the attempt's, to give its
 * locks up; the probe's, which waited for them; this one, to hear of it. A control waits for two at the most.
 */
const WAKE_UPS = 3;

/**
 * Feels what an application feels: sessions that read and write `public.item`, or do what else is to be probed, all the
 * time. What the machine does to them is told apart from what we do in two ways. The same statements on `public.control`, a
 * table that nobody holds, run beside them, from the same process: their latency at that moment is taken off, once for each process in the row. And a
 * sampler asks the server all the time whom the probes wait for: a stall is ours when a session of ours was seen before the probe, or before the one
 * that it waits for, or when nobody looked meanwhile.
 */
export class StallMeter {
  readonly #probes: Probe[] = [];
  readonly #controls: Span[] = [];
  readonly #looks: number[] = [];
  readonly #seen: { readonly pid: number; readonly at: number }[] = [];
  readonly #loops: Promise<void>[] = [];
  readonly #clients: pg.Client[] = [];
  #running = true;

  private constructor(private readonly everyMs: number) {}

  /** Many probes come more rarely each: the machine is to be felt no more than with two. */
  static async start(database: Connectable, probes: readonly (ProbeKind | ProbeStatement)[]): Promise<StallMeter> {
    const meter = new StallMeter(Math.max(EVERY_MS, probes.length));
    for (const kind of ['read', 'write'] as const) {
      meter.#loop(await meter.#open(database), PROBES[kind]('public.control'), (span) => meter.#controls.push(span));
    }
    for (const one of probes) {
      const { of, sql } = typeof one === 'string' ? { of: 'public.item', sql: PROBES[one]('public.item') } : one;
      const probe = await meter.#open(database);
      await probe.query(`SET application_name = 'probe'`);
      const pid = await pidOf(probe);
      meter.#loop(probe, sql, (span) => meter.#probes.push({ ...span, of, pid }));
    }
    const sampler = await database.client();
    meter.#clients.push(sampler);
    meter.#loops.push(meter.#sample(sampler));
    return meter;
  }

  /** Ends the probes; resolves to what they felt. A statement that failed rejects. */
  async stop(): Promise<Stalls> {
    this.#running = false;
    await Promise.all(this.#loops);
    await Promise.all(this.#clients.map((client) => client.end()));
    return new Stalls(this.#probes.map((probe) => this.#felt(probe)));
  }

  #felt(probe: Probe): Felt {
    const meanwhile = (span: Span) => span.from <= probe.to && span.to >= probe.from;
    const noise = Math.max(0, ...this.#controls.filter(meanwhile).map((span) => span.to - span.from));
    const net = Math.max(0, probe.to - probe.from - WAKE_UPS * noise);
    const seen = this.#seen.some((one) => one.pid === probe.pid && one.at >= probe.from && one.at <= probe.to);
    const looks = [probe.from, ...this.#looks.filter((at) => at > probe.from && at < probe.to), probe.to];
    const unseenMs = Math.max(...looks.slice(1).map((at, index) => at - (looks[index] ?? at)));
    const { of, pid } = probe;
    return { of, pid, latencyMs: probe.to - probe.from, byUsMs: seen ? net : Math.min(net, unseenMs), seen };
  }

  async #open(database: Connectable): Promise<pg.Client> {
    const client = await database.appClient();
    this.#clients.push(client);
    return client;
  }

  #loop(client: pg.Client, statement: string, record: (span: Span) => void): void {
    const work = async () => {
      while (this.#running) {
        const from = performance.now();
        await client.query(statement);
        record({ from, to: performance.now() });
        await pause(this.everyMs);
      }
    };
    this.#loops.push(work());
  }

  async #sample(client: pg.Client): Promise<void> {
    while (this.#running) {
      const from = performance.now();
      const { rows } = await client.query<{ pid: number }>(/* sql */ `
        SELECT w.pid
        FROM pg_stat_activity AS w
        WHERE w.datname = current_database() AND w.application_name = 'probe' AND w.wait_event_type = 'Lock'
          AND EXISTS (SELECT FROM unnest(pg_blocking_pids(w.pid)) AS b(pid)
                      JOIN pg_stat_activity AS o ON o.pid = b.pid OR o.pid = ANY (pg_blocking_pids(b.pid))
                      WHERE starts_with(o.application_name, 'shadowstep/'))`);
      const at = performance.now();
      this.#looks.push(at);
      // It waits for no lock of a table, so what it takes is the machine's doing too.
      this.#controls.push({ from, to: at });
      this.#seen.push(...rows.map((row) => ({ pid: row.pid, at })));
      await pause(EVERY_MS);
    }
  }
}

/** One statement of a probe: how long it took, and the part of that which we have caused, ms. */
export interface Felt {
  readonly of: string;
  readonly pid: number;
  readonly latencyMs: number;
  readonly byUsMs: number;
  /** The sampler met it waiting for us. */
  readonly seen: boolean;
}

/** A stall, and not the machine's noise, ms. */
const STALL_MS = 20;

/** What the probes felt. */
export class Stalls {
  constructor(readonly felt: readonly Felt[]) {}

  static of(all: readonly Stalls[]): Stalls {
    return new Stalls(all.flatMap((one) => one.felt));
  }

  /** How many statements the sampler met waiting for us. */
  get timesSeen(): number {
    return this.felt.filter((one) => one.seen).length;
  }

  get longestMs(): number {
    return Math.max(0, ...this.felt.map((one) => one.latencyMs));
  }

  get longestByUsMs(): number {
    return Math.max(0, ...this.felt.map((one) => one.byUsMs));
  }

  /** The sum of all stalls over 20 ms by us of the session that had most of them, ms. */
  get mostByUsMs(): number {
    const sums = new Map<number, number>();
    for (const { pid, byUsMs } of this.felt) {
      if (byUsMs > STALL_MS) sums.set(pid, (sums.get(pid) ?? 0) + byUsMs);
    }
    return Math.max(0, ...sums.values());
  }

  /** What is counted under each name, apart. */
  apart(): ReadonlyMap<string, Stalls> {
    const names = [...new Set(this.felt.map((one) => one.of))];
    return new Map(names.map((of) => [of, new Stalls(this.felt.filter((one) => one.of === of))]));
  }

  /** `1234 statements: half under 1 ms, 99 % under 4 ms, longest 130 ms; caused by us: longest 104 ms, 3 over 20 ms`. */
  describe(): string {
    const sorted = this.felt.map((one) => one.latencyMs).sort((a, b) => a - b);
    const at = (share: number) =>
      (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
    const over = this.felt.filter((one) => one.byUsMs > STALL_MS).length;
    return (
      `${sorted.length} statements: half under ${at(0.5)} ms, 99 % under ${at(0.99)} ms, longest ${at(1)} ms; ` +
      `caused by us: longest ${this.longestByUsMs.toFixed(1)} ms, ${over} over ${STALL_MS} ms`
    );
  }
}

/** The share of the time that an attempt and the pause after it take in which one session was stalled by us. */
export function shareStalled(stalls: Stalls, durationMs: number, waitSeconds: number): number {
  return stalls.longestByUsMs / (durationMs + waitSeconds * 1_000);
}
