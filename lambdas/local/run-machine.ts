import './with-resolvers.ts';
import { ExecutionError, type RunOptions, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { TASKS, type TaskName } from '../engine/stages.ts';
import type { UnitEvent, UnitResult } from '../engine/unit.ts';
import { DefinitionError } from './definition.ts';
import { TaskFailedError, throughJson } from './lambda-contract.ts';
import { originalOf } from './local-functions.ts';

/** What happens while the machine runs, for the progress display. */
export type MachineEvent =
  | { readonly type: 'unit-started'; readonly task: TaskName }
  | { readonly type: 'unit-ended'; readonly task: TaskName; readonly result: UnitResult }
  | { readonly type: 'unit-failed'; readonly task: TaskName; readonly error: unknown }
  | { readonly type: 'unit-retried'; readonly task: TaskName; readonly attempt: number }
  | { readonly type: 'started-anew'; readonly executions: number };

export interface MachineOptions {
  readonly definition: StateMachineDefinition;
  /** The execution's input: the request, not trusted, as the console would hand it over. */
  readonly request: Readonly<Record<string, unknown>>;
  /** The execution's id; the same when the machine starts itself anew. */
  readonly driver: string;
  /** Does one unit: the shipped handler of the task (local-functions.ts). */
  readonly runTask: (task: TaskName, event: UnitEvent) => Promise<UnitResult>;
  readonly onEvent?: (event: MachineEvent) => void;
  /** Ends politely: waits are cut short, the unit that is running ends, and no other begins. */
  readonly stop?: AbortSignal;
  /** Tests only: every Wait state, ms. */
  readonly waitOverrideMs?: number;
  /** Tests only: every pause before a retry, ms. */
  readonly retryOverrideMs?: number;
}

export interface MachineEnd {
  readonly outcome: 'succeeded' | 'interrupted';
  /** What the last unit said; null when none has ended. */
  readonly lastResult: UnitResult | null;
  /** 1 plus the number of times the machine has started itself anew. */
  readonly executions: number;
}

/** The machine was told to stop before this unit began. Not in any retry set. */
class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/**
 * Interprets the definition to its end, through every start anew. The machine sees errors as they leave the handlers;
 * thrown is the very error of the unit that failed the execution in place.
 */
export async function runMachine(options: MachineOptions): Promise<MachineEnd> {
  // Validated by the tests of infra; here it would cost 25 MB and half a second of every start.
  const machine = new StateMachine(options.definition, { validationOptions: { noValidate: true } });
  const execution = new Execution(options);
  let input: unknown = options.request;
  for (let executions = 1; ; executions += 1) {
    const next = await execution.run(machine, input);
    if (next === 'succeeded' || next === 'interrupted') {
      return { outcome: next, lastResult: execution.lastResult, executions };
    }
    input = next.input;
    options.onEvent?.({ type: 'started-anew', executions: executions + 1 });
  }
}

/** How one execution ended: for good, cut short, or by starting another one with `input`. */
type ExecutionEnd = 'succeeded' | 'interrupted' | { readonly input: unknown };

type LocalHandlers = NonNullable<NonNullable<RunOptions['overrides']>['taskResourceLocalHandlers']>;

class Execution {
  readonly #options: MachineOptions;
  readonly #handlers: LocalHandlers;
  lastResult: UnitResult | null = null;
  #running: Promise<unknown> = Promise.resolve();
  #startedAnewWith: { readonly input: unknown } | null = null;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.#handlers = this.#handlersFor(options.definition);
  }

  async run(machine: StateMachine, input: unknown): Promise<ExecutionEnd> {
    const { stop, driver } = this.#options;
    if (stop?.aborted) {
      return 'interrupted';
    }
    this.#startedAnewWith = null;
    const execution = machine.run(input as Parameters<StateMachine['run']>[0], {
      noThrowOnAbort: true,
      overrides: { taskResourceLocalHandlers: this.#handlers, ...this.#intervals() },
      context: { Execution: { Id: driver, Name: driver.replace(/[^0-9A-Za-z-_]/g, '-') } },
    });
    const abort = () => execution.abort();
    stop?.addEventListener('abort', abort, { once: true });
    // Read to the end whoever listens: the interpreter queues its events until somebody takes them.
    const events = this.#followRetries(execution.eventLogs);
    try {
      await execution.result;
    } catch (error) {
      throw rootOf(error);
    } finally {
      stop?.removeEventListener('abort', abort);
      await this.#running.catch(() => {});
    }
    if (stop?.aborted) {
      return 'interrupted';
    }
    await events;
    return this.#startedAnewWith ?? 'succeeded';
  }

  async #followRetries(events: ReturnType<StateMachine['run']>['eventLogs']): Promise<void> {
    for await (const event of events) {
      if (event.type === 'StateRetried' && 'retry' in event && isTask(event.state.name)) {
        this.#options.onEvent?.({ type: 'unit-retried', task: event.state.name, attempt: event.retry.attempt });
      }
    }
  }

  /**
   * A local function for every Task state of the definition. None may be left without: the interpreter would call
   * Lambda on AWS for it.
   */
  #handlersFor(definition: StateMachineDefinition): LocalHandlers {
    const handlers: LocalHandlers = {};
    for (const [name, state] of Object.entries(definition.States)) {
      if (state.Type !== 'Task') {
        continue;
      }
      if (isTask(name)) {
        // A UnitResult that has gone through JSON is a JSON value; an interface just lacks the index signature.
        handlers[name] = (input) => this.#invoke(name, input) as Promise<unknown> as ReturnType<LocalHandlers[string]>;
      } else if (/:states:startExecution$/.test(state.Resource)) {
        handlers[name] = (input) => this.#startAnew(name, input);
      } else if (/:events:putEvents$/.test(state.Resource)) {
        handlers[name] = () => ({ FailedEntryCount: 0, Entries: [] });
      } else {
        throw new DefinitionError(`The state ${name} calls ${state.Resource}, which the local runner does not know.`);
      }
    }
    return handlers;
  }

  async #invoke(task: TaskName, input: unknown): Promise<UnitResult> {
    if (this.#options.stop?.aborted) {
      throw new InterruptedError('The local runner was told to stop.');
    }
    this.#options.onEvent?.({ type: 'unit-started', task });
    const unit = this.#unit(task, input);
    this.#running = unit;
    return unit;
  }

  async #unit(task: TaskName, input: unknown): Promise<UnitResult> {
    try {
      const event = throughJson(input, `The input of ${task}`) as UnitEvent;
      const result = throughJson(await this.#options.runTask(task, event), `The output of ${task}`);
      this.lastResult = result;
      this.#options.onEvent?.({ type: 'unit-ended', task, result });
      return result;
    } catch (error) {
      this.#options.onEvent?.({ type: 'unit-failed', task, error: originalOf(error) });
      throw new TaskFailedError(task, error);
    }
  }

  #startAnew(state: string, input: unknown): { ExecutionArn: string; StartDate: number } {
    const parameters = throughJson(input, `The input of ${state}`);
    if (typeof parameters !== 'object' || parameters === null || !('Input' in parameters)) {
      throw new DefinitionError(`The state ${state} starts an execution without an Input.`);
    }
    this.#startedAnewWith = { input: parameters.Input };
    return { ExecutionArn: this.#options.driver, StartDate: Date.now() / 1000 };
  }

  #intervals(): Pick<NonNullable<RunOptions['overrides']>, 'waitTimeOverrides' | 'retryIntervalOverrides'> {
    const { definition, waitOverrideMs, retryOverrideMs } = this.#options;
    const names = Object.keys(definition.States);
    const each = (ms: number) => Object.fromEntries(names.map((name) => [name, ms]));
    return {
      ...(waitOverrideMs === undefined ? {} : { waitTimeOverrides: each(waitOverrideMs) }),
      ...(retryOverrideMs === undefined ? {} : { retryIntervalOverrides: each(retryOverrideMs) }),
    };
  }
}

function isTask(name: string): name is TaskName {
  return (TASKS as readonly string[]).includes(name);
}

/** The unit's own error behind what the interpreter made of it; a fault of the definition stays as it is. */
function rootOf(error: unknown): unknown {
  const failure = error instanceof ExecutionError ? error.cause : error;
  return originalOf(failure instanceof TaskFailedError ? failure.cause : failure);
}
