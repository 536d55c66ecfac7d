import { randomUUID } from 'node:crypto';
import type { Logger } from '../engine/log.ts';
import { silentLogger } from '../engine/log.ts';
import type { OpenSession } from '../engine/postgres/session.ts';
import { holdPresence, LOCAL_DRIVER_PREFIX } from '../engine/registry/presence.ts';
import { markHeard } from '../engine/registry/runs.ts';
import { isTerminal } from '../engine/stages.ts';
import type { OpenLocalSession } from './database.ts';
import { type DefinitionOptions, loadDefinition } from './definition.ts';
import { localFunctions } from './local-functions.ts';
import { type MachineEnd, type MachineEvent, runMachine } from './run-machine.ts';

/** Errors after which the connection that shows our presence may be gone as well. */
const CONNECTION_ERRORS = new Set([
  'ConnectionLostError',
  'ServerShuttingDownError',
  'DatabaseUnreachableError',
  'ReadOnlyServerError',
]);

export interface DriveOptions {
  readonly openSession: OpenLocalSession;
  readonly request: Readonly<Record<string, unknown>>;
  readonly onEvent?: (event: MachineEvent) => void;
  readonly stop?: AbortSignal;
  readonly log?: Logger;
  readonly definition?: DefinitionOptions;
  /** Tests only: every Wait state, ms. */
  readonly waitOverrideMs?: number;
  /** Tests only: every pause before a retry, ms. */
  readonly retryOverrideMs?: number;
}

/**
 * Runs the shipped state machine with the shipped handlers in this process, as one driver. Connects before anything
 * else, so that a wrong password or host is told at once and not after the machine's retries. Rejects with the error of
 * the unit that failed in place.
 */
export async function driveMachine(options: DriveOptions): Promise<MachineEnd> {
  const driver = `${LOCAL_DRIVER_PREFIX}${randomUUID()}`;
  const presence = new Presence(options.openSession, driver);
  await presence.hold();
  try {
    const definition = await loadDefinition(options.definition);
    const { openSession, stop, log = silentLogger } = options;
    const invoke = localFunctions({ openSession, log, stop });
    const end = await runMachine({
      ...options,
      definition,
      driver,
      runTask: (task, event) => presence.during(() => invoke(task, event)),
    });
    await acknowledge(openSession, end);
    return end;
  } finally {
    await presence.release();
  }
}

/** A local run's end counts as heard only here: a process that dies before leaves it to the next one (see markHeard). */
async function acknowledge(openSession: OpenSession, end: MachineEnd): Promise<void> {
  if (end.outcome !== 'succeeded' || end.lastResult === null || !isTerminal(end.lastResult.stage)) {
    return;
  }
  const session = await openSession('driver');
  try {
    await markHeard(session, BigInt(end.lastResult.runId));
  } finally {
    await session.end();
  }
}

/** The connection by whose end the server sees that this process is gone; made anew when it may have been lost. */
class Presence {
  readonly #openSession: OpenSession;
  readonly #driver: string;
  #held: { release(): Promise<void> } | null = null;

  constructor(openSession: OpenSession, driver: string) {
    this.#openSession = openSession;
    this.#driver = driver;
  }

  async hold(): Promise<void> {
    this.#held ??= await holdPresence(this.#openSession, this.#driver);
  }

  /** Does `unit` while present. */
  async during<T>(unit: () => Promise<T>): Promise<T> {
    await this.hold();
    try {
      return await unit();
    } catch (error) {
      if (error instanceof Error && CONNECTION_ERRORS.has(error.name)) {
        await this.release();
      }
      throw error;
    }
  }

  async release(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    await held?.release();
  }
}
