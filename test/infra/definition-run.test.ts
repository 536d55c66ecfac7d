import '../../lambdas/local/with-resolvers.ts';
import { type ExecutionError, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { describe, expect, it } from 'vitest';
import { STAGES, TASKS, type TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitEvent, UnitResult } from '../../lambdas/engine/unit.ts';
import { definition } from './definition-states.ts';

const EXECUTION_ID = 'arn:aws:states:eu-central-1:123456789012:execution:shadowstep-repack:one';

const machine = new StateMachine(definition as unknown as StateMachineDefinition);

type Answer = Partial<UnitResult> | Error;

interface Execution {
  readonly tasks: TaskName[];
  readonly events: UnitEvent[];
  readonly waits: string[];
  readonly retried: string[];
  readonly startedAnew: { readonly Input: unknown; readonly Name: string }[];
  readonly output: unknown;
  readonly error: ExecutionError | undefined;
}

/**
 * Runs the definition with fake tasks, whose answers are taken in turn; `done` when they have run out. Waits and
 * pauses before a retry take no time.
 */
async function execute(
  input: unknown,
  answers: Partial<Record<TaskName, Answer[]>> = {},
  executionId = EXECUTION_ID,
): Promise<Execution> {
  const seen = { tasks: [] as TaskName[], events: [] as UnitEvent[], startedAnew: [] as Execution['startedAnew'] };
  const left = Object.fromEntries(Object.entries(answers).map(([task, list]) => [task, [...list]]));
  const unit = (task: TaskName) => async (event: unknown) => {
    const { unitsDone } = event as UnitEvent;
    seen.tasks.push(task);
    seen.events.push(event as UnitEvent);
    const answer = left[task]?.shift() ?? {};
    if (answer instanceof Error) throw answer;
    return { ...DONE, unitsDone: unitsDone + 1, ...answer } as never;
  };
  const names = Object.keys(definition.States);
  const noPause = Object.fromEntries(names.map((name) => [name, 0]));
  const run = machine.run(input as never, {
    context: { Execution: { Id: executionId } } as never,
    overrides: {
      taskResourceLocalHandlers: {
        ...Object.fromEntries(TASKS.map((task) => [task, unit(task)])),
        START_ANEW: async (parameters) => {
          seen.startedAnew.push(parameters as never);
          return { ExecutionArn: 'arn:successor' };
        },
      },
      waitTimeOverrides: noPause,
      retryIntervalOverrides: noPause,
    },
  });
  const waits: string[] = [];
  const retried: string[] = [];
  const logged = (async () => {
    for await (const event of run.eventLogs) {
      if (event.type === 'StateEntered' && event.state.type === 'Wait') waits.push(event.state.name);
      if (event.type === 'StateRetried') retried.push((event as { state: { name: string } }).state.name);
    }
  })();
  const [output, error] = await run.result.then(
    (value) => [value, undefined] as const,
    (thrown: ExecutionError) => [undefined, thrown] as const,
  );
  await logged;
  return { ...seen, waits, retried, output, error };
}

const DONE = {
  status: 'done',
  waitSeconds: 0,
  because: '',
  action: 'repack',
  runId: '1',
  stage: 'BACKFILL',
  table: 'public.orders',
  progress: { done: '0', estimated: '0', percent: 0, measure: '' },
  message: '',
} as const;

class NamedError extends Error {
  constructor(override readonly name: string) {
    super(`${name} of the test`);
  }
}

const REQUEST = { table: 'public.orders' };

describe('the definition, interpreted', () => {
  it('goes through all stages and ends with the last unit’s answer', async () => {
    const { tasks, output, error } = await execute(REQUEST, { CLEAN_UP: [{ message: 'all gone' }] });
    expect(error).toBeUndefined();
    expect(tasks).toEqual(['REQUEST', ...STAGES]);
    expect(output).toMatchObject({ status: 'done', message: 'all gone', unitsDone: 8 });
  });

  it('hands every unit the request, the driver, and the count of the units before it', async () => {
    const { events } = await execute(REQUEST, { BACKFILL: [{ status: 'more' }, { status: 'more' }] });
    expect(events.map(({ unitsDone }) => unitsDone)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { request, driver } of events) {
      expect(request).toEqual(REQUEST);
      expect(driver).toBe(EXECUTION_ID);
    }
  });

  it('calls again at once for more, and after the wait for wait', async () => {
    const { tasks, waits } = await execute(REQUEST, {
      BACKFILL: [{ status: 'more' }, { status: 'more' }],
      SWAP: [{ status: 'wait', waitSeconds: 5, because: 'pid 7' }],
    });
    expect(tasks.filter((task) => task === 'BACKFILL')).toHaveLength(3);
    expect(tasks.filter((task) => task === 'SWAP')).toHaveLength(2);
    expect(waits).toEqual(['WAIT_IN_SWAP']);
  });

  it.each([
    ['revert', 'REVERT'],
    ['reset', 'RESET'],
    ['clean-up', 'CLEAN_UP'],
  ] as const)('%s runs %s and nothing else', async (action, task) => {
    const { tasks, output } = await execute({ ...REQUEST, action }, { REQUEST: [{ action }] });
    expect(tasks).toEqual(['REQUEST', task]);
    expect(output).toMatchObject({ status: 'done' });
  });

  it.each(['REQUEST', 'SETUP', 'CLEAN_UP'] as const)('ends well when %s says stop', async (task) => {
    const { tasks, output, error } = await execute(REQUEST, { [task]: [{ status: 'stop', message: 'enough' }] });
    expect(error).toBeUndefined();
    expect(tasks.at(-1)).toBe(task);
    expect(output).toMatchObject({ status: 'stop', message: 'enough' });
  });

  it.each(['LockTimeoutError', 'ConnectionLostError', 'StatementTimeoutError', 'Lambda.TooManyRequestsException'])(
    'repeats a unit that met %s, with the same event',
    async (name) => {
      const { events, tasks, retried, error } = await execute(REQUEST, {
        SETUP: [new NamedError(name), new NamedError(name)],
      });
      expect(error).toBeUndefined();
      expect(retried).toEqual(['SETUP', 'SETUP']);
      const attempts = events.filter((_, index) => tasks[index] === 'SETUP');
      expect(attempts).toHaveLength(3);
      expect(new Set(attempts.map((event) => JSON.stringify(event))).size).toBe(1);
    },
  );

  it.each(['RefusedError', 'SourceChangedError', 'DatabaseError', 'Error'])(
    'fails in place on %s, without a second attempt',
    async (name) => {
      const { tasks, error } = await execute(REQUEST, { PRE_VALIDATION: [new NamedError(name)] });
      expect(tasks).toEqual(['REQUEST', 'PRE_VALIDATION']);
      expect(error?.cause).toMatchObject({ name: name });
    },
  );

  it('fails in place when the retries of a dead function are spent', async () => {
    const { tasks, error } = await execute(REQUEST, { SETUP: Array(9).fill(new NamedError('Sandbox.Timedout')) });
    expect(tasks.filter((task) => task === 'SETUP')).toHaveLength(4);
    expect(error?.cause).toMatchObject({ name: 'Sandbox.Timedout' });
  });

  it.each([{ status: 'finished' }, { action: 'truncate' }] as unknown as Partial<UnitResult>[])(
    'fails, and says so, on an answer it does not know: %o',
    async (answer) => {
      const { tasks, error } = await execute(REQUEST, { REQUEST: [answer] });
      expect(tasks).toEqual(['REQUEST']);
      expect(error?.cause).toMatchObject({ name: 'UnknownOutcomeError' });
      expect(error?.message).toContain('of different releases');
    },
  );
});

describe('starting anew', () => {
  const anew = { BACKFILL: [{ status: 'more' }, { status: 'restart' }] } as const;

  it('starts the machine with the same request, linked to this execution, and ends well', async () => {
    const { startedAnew, tasks, output, error } = await execute(REQUEST, { BACKFILL: [...anew.BACKFILL] });
    expect(error).toBeUndefined();
    expect(tasks.at(-1)).toBe('BACKFILL');
    expect(startedAnew.map(({ Input }) => Input)).toEqual([
      { ...REQUEST, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: EXECUTION_ID },
    ]);
    expect(output).toMatchObject({ status: 'restart' });
  });

  it('does so at the end of a partition too, so that no history grows with their number', async () => {
    const { startedAnew, tasks, events } = await execute(REQUEST, { CLEAN_UP: [{ status: 'restart' }] });
    expect(tasks).toEqual(['REQUEST', ...STAGES]);
    const [next] = startedAnew;
    expect(startedAnew).toHaveLength(1);
    const successor = await execute(next?.Input, {}, `${EXECUTION_ID}-2`);
    expect(successor.tasks).toEqual(tasks);
    expect(successor.events.map(({ unitsDone }) => unitsDone)).toEqual(events.map(({ unitsDone }) => unitsDone));
  });

  it('counts from nought in the successor, whose own successor is linked to it and not to the first', async () => {
    const [first] = (await execute(REQUEST, { BACKFILL: [...anew.BACKFILL] })).startedAnew;
    const second = await execute(first?.Input, { BACKFILL: [...anew.BACKFILL] }, `${EXECUTION_ID}-2`);
    expect(second.events[0]).toMatchObject({ unitsDone: 0, driver: `${EXECUTION_ID}-2` });
    expect(second.startedAnew.map(({ Input }) => Input)).toEqual([
      { ...REQUEST, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: `${EXECUTION_ID}-2` },
    ]);
  });

  it('names the successor after its predecessor: the same twice for one, different for two', async () => {
    const nameFor = async (id: string) =>
      (await execute(REQUEST, { BACKFILL: [...anew.BACKFILL] }, id)).startedAnew[0]?.Name ?? '';
    const name = await nameFor('one');
    expect(await nameFor('one')).toBe(name);
    expect(await nameFor('two')).not.toBe(name);
    // What Step Functions allows for the names of executions that are logged.
    expect(name).toMatch(/^[0-9A-Za-z_-]{1,80}$/);
  });
});

describe('a request in an event', () => {
  it('is the event’s detail, with the event’s id as requestId, whatever the detail says', async () => {
    const event = { detail: { ...REQUEST, workers: 3, requestId: 'mine' }, identity: { requestId: 'event-7' } };
    const { events } = await execute({ event });
    expect(events[0]?.request).toEqual({ ...REQUEST, workers: 3, requestId: 'event-7' });
  });

  it.each([['public.orders'], [['public.orders']], [7], [{ event: 5 }], [{ event: { detail: {} } }]])(
    'any other input reaches REQUEST, which refuses it by name: %j',
    async (input) => {
      const { events } = await execute(input);
      expect(events[0]?.request).toEqual(input);
    },
  );
});
