import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { OrdersFixture } from '../support/fixtures.ts';
import type { WriterReport } from '../support/writers.ts';

/** What the writers saw, and what their own books say of the rows in the table now (null: all as they left them). */
export type TrafficReport = Omit<WriterReport, 'expectRows'> & { readonly accountFault: string | null };

export type TrafficCommand =
  | {
      readonly do: 'start';
      readonly url: string;
      readonly fixture: OrdersFixture;
      readonly writers: number;
      readonly perSecond: number;
    }
  | { readonly do: 'mark' }
  | { readonly do: 'stop' };

/** What the statements since the last mark took. */
export interface Latency {
  readonly statements: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

export type TrafficSaid =
  | { readonly said: 'started' }
  | { readonly said: 'marked'; readonly latency: Latency }
  | { readonly said: 'stopped'; readonly report: TrafficReport }
  | { readonly said: 'failed'; readonly error: string };

/** The application of the demo: writers in a process of their own. */
export class Traffic {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('traffic-process.ts', import.meta.url)), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  /** Resolves when every writer writes. */
  async start(command: Omit<Extract<TrafficCommand, { do: 'start' }>, 'do'>): Promise<void> {
    await this.#ask({ do: 'start', ...command });
  }

  /** What the statements took since the writers began, or since the last mark. */
  async mark(): Promise<Latency> {
    const said = await this.#ask({ do: 'mark' });
    return said.said === 'marked' ? said.latency : surprised(said);
  }

  /** Lets the writers finish; resolves to what they saw, from the first to the last. */
  async stop(): Promise<TrafficReport> {
    const said = await this.#ask({ do: 'stop' });
    return said.said === 'stopped' ? said.report : surprised(said);
  }

  end(): void {
    this.#child.kill();
  }

  async #ask(command: TrafficCommand): Promise<TrafficSaid> {
    const gone = new AbortController();
    const answer = once(this.#child, 'message', { signal: gone.signal });
    const exit = once(this.#child, 'exit', { signal: gone.signal }).then(([code]) => {
      throw new Error(`The writers' process has ended with ${code}`);
    });
    this.#child.send(command);
    try {
      const [said] = (await Promise.race([answer, exit])) as [TrafficSaid];
      if (said.said === 'failed') {
        throw new Error(`The writers failed: ${said.error}`);
      }
      return said;
    } finally {
      gone.abort();
      await Promise.allSettled([answer, exit]);
    }
  }
}

function surprised(said: TrafficSaid): never {
  throw new Error(`The writers' process answered with ${said.said}`);
}
