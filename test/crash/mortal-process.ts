import { Socket } from 'node:net';
import { silentLogger } from '../../lambdas/engine/log.ts';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import type { Session } from '../../lambdas/engine/postgres/session.ts';
import { runTask } from '../../lambdas/engine/run-unit.ts';
import type { TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';

/** A statement about to be sent. */
export interface Statement {
  /** 1 is the first of the process, whichever session sends it; those that open a session are not counted. */
  readonly number: number;
  readonly text: string;
  /** The server process that will carry it out. */
  readonly pid: number;
}

export interface ProcessOptions {
  /** Connection URL of the role that runs the tool. */
  readonly url: string;
  readonly request: Readonly<Record<string, unknown>>;
  /** A local driver that holds no presence lock counts as gone as soon as the next one comes. */
  readonly driver: string;
  /** Called before each statement is sent; awaited. */
  readonly onStatement?: (statement: Statement, process: MortalProcess) => void | Promise<void>;
  /** Called when the answer to a statement is in; awaited. */
  readonly onAnswer?: (text: string) => void | Promise<void>;
  /** What the invocation has, ms. Default: an hour. */
  readonly invocationMs?: number;
}

/**
 * A process that does one unit, and may die at any moment: its sockets are closed by the kernel then, it sends and opens
 * nothing more, and the server is left with whatever was on its way.
 */
export class MortalProcess {
  readonly #options: ProcessOptions;
  readonly #sockets = new Set<Socket>();
  readonly #sessions: Session[] = [];
  #statements = 0;
  #dead = false;

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** Statements sent so far. */
  get statements(): number {
    return this.#statements;
  }

  async unit(task: TaskName): Promise<UnitResult> {
    const { request, driver, invocationMs = 3_600_000 } = this.#options;
    const started = performance.now();
    try {
      return await runTask(
        task,
        { request, driver, unitsDone: 0 },
        {
          openSession: (purpose) => this.#open(purpose),
          remainingMs: () => invocationMs - (performance.now() - started),
          log: silentLogger,
        },
      );
    } finally {
      await Promise.all(this.#sessions.map((session) => session.end()));
    }
  }

  /** Dies at once. */
  die(): void {
    this.#dead = true;
    this.cutConnections();
  }

  /** Dies as soon as the statement that is about to be sent has left. */
  dieOnceSent(): void {
    // The driver writes a statement in the microtasks that follow; this comes right after them.
    setImmediate(() => this.die());
  }

  /** All its connections break; the process itself lives on. */
  cutConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async #open(purpose: string): Promise<Session> {
    let opened: Session | null = null;
    const session = await openPostgresSession(
      { connectionString: this.#options.url, stream: () => this.#socket() },
      {
        purpose,
        observer: {
          before: (text) => this.#before(text, opened),
          after: async (text) => {
            this.#assertAlive();
            await this.#options.onAnswer?.(text);
          },
        },
      },
    );
    opened = session;
    this.#sessions.push(session);
    return session;
  }

  #socket(): Socket {
    this.#assertAlive();
    const socket = new Socket();
    this.#sockets.add(socket);
    return socket;
  }

  async #before(text: string, session: Session | null): Promise<void> {
    this.#assertAlive();
    if (session === null) return;
    this.#statements += 1;
    await this.#options.onStatement?.({ number: this.#statements, text, pid: session.backendPid }, this);
  }

  #assertAlive(): void {
    if (this.#dead) throw new Error('a dead process does nothing');
  }
}
