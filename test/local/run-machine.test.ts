import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { NoSuchRunError, PostgresError } from '../../lambdas/engine/errors.ts';
import { STAGES, type TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitEvent, UnitResult } from '../../lambdas/engine/unit.ts';
import { loadDefinition } from '../../lambdas/local/definition.ts';
import { type MachineEvent, type MachineOptions, runMachine } from '../../lambdas/local/run-machine.ts';

type Answer = Partial<UnitResult> | Error;

let definition: MachineOptions['definition'];

beforeAll(async () => {
  definition = await loadDefinition();
});

/** The shipped machine over tasks that answer from a script, and with `done` where that ends. */
function machine(scripts: Partial<Record<TaskName, readonly Answer[]>> = {}) {
  const left = new Map(Object.entries(scripts).map(([task, answers]) => [task, [...answers]]));
  const units: { readonly task: TaskName; readonly event: UnitEvent }[] = [];
  const events: MachineEvent[] = [];
  const runTask = async (task: TaskName, event: UnitEvent): Promise<UnitResult> => {
    units.push({ task, event });
    // As with a database, the answer comes in a later turn of the event loop.
    await nextTurn();
    const answer = left.get(task)?.shift() ?? {};
    if (answer instanceof Error) {
      throw answer;
    }
    return { ...DONE, unitsDone: event.unitsDone + 1, ...answer };
  };
  const run = (options: Partial<MachineOptions> = {}) =>
    runMachine({
      definition,
      request: { table: 'public.orders' },
      driver: 'local:d',
      runTask,
      onEvent: (event) => events.push(event),
      waitOverrideMs: 0,
      retryOverrideMs: 0,
      ...options,
    });
  return { run, units, events, tasks: () => units.map((unit) => unit.task) };
}

const DONE: UnitResult = {
  status: 'done',
  waitSeconds: 0,
  because: '',
  action: 'repack',
  runId: '1',
  stage: 'BACKFILL',
  table: 'public.orders',
  unitsDone: 0,
  progress: { done: '0', estimated: '0', percent: 0, measure: '' },
  message: '',
};

const LOCKED = new PostgresError('LockTimeoutError', 'not had', '55P03', null);

describe('the shipped state machine, interpreted', () => {
  test('goes through every stage once, with the request, the driver and the count of units', async () => {
    const { run, units, tasks } = machine();
    expect(await run()).toMatchObject({ outcome: 'succeeded', executions: 1, lastResult: { unitsDone: 8 } });
    expect(tasks()).toEqual(['REQUEST', ...STAGES]);
    expect(units.map((unit) => unit.event.unitsDone)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(units[3]?.event).toEqual({ request: { table: 'public.orders' }, driver: 'local:d', unitsDone: 3 });
  });

  test.each([
    ['revert', ['REQUEST', 'REVERT']],
    ['reset', ['REQUEST', 'RESET']],
    ['clean-up', ['REQUEST', 'CLEAN_UP']],
  ] as const)('%s goes its own way', async (action, expected) => {
    const { run, tasks } = machine({ REQUEST: [{ action }] });
    await run();
    expect(tasks()).toEqual(expected);
  });

  test('`more` calls the unit again at once, `wait` after the pause, `stop` ends well', async () => {
    const { run, tasks } = machine({
      SETUP: [{ status: 'wait', waitSeconds: 7, because: 'pid 1' }],
      BACKFILL: [{ status: 'more' }, { status: 'more' }],
      POST_SYNC_UPDATE: [{ status: 'stop', message: 'stopped after POST_SYNC_UPDATE' }],
    });
    expect(await run()).toMatchObject({ outcome: 'succeeded', lastResult: { status: 'stop' } });
    expect(tasks().slice(2)).toEqual([
      ...['SETUP', 'SETUP', 'BACKFILL', 'BACKFILL', 'BACKFILL', 'SYNC_SCHEMAS', 'POST_SYNC_UPDATE'],
    ]);
  });

  test('a lock timeout is retried, by its name', async () => {
    const { run, tasks, events } = machine({ SWAP: [LOCKED, LOCKED] });
    expect(await run()).toMatchObject({ outcome: 'succeeded' });
    expect(tasks().filter((task) => task === 'SWAP')).toHaveLength(3);
    expect(events.filter((event) => event.type === 'unit-retried')).toEqual([
      { type: 'unit-retried', task: 'SWAP', attempt: 1 },
      { type: 'unit-retried', task: 'SWAP', attempt: 2 },
    ]);
  });

  test('an error that nobody retries fails in place, and is handed over as it was thrown', async () => {
    const error = new NoSuchRunError('public.orders', 'revert');
    const { run, tasks } = machine({ REQUEST: [{ action: 'revert' }], REVERT: [error] });
    await expect(run()).rejects.toBe(error);
    expect(tasks()).toEqual(['REQUEST', 'REVERT']);
  });

  test('`restart` starts the machine anew with the same request and the same driver', async () => {
    const { run, units, events, tasks } = machine({ BACKFILL: [{ status: 'restart' }] });
    expect(await run()).toMatchObject({ outcome: 'succeeded', executions: 2 });
    expect(tasks()).toEqual(['REQUEST', ...STAGES.slice(0, 3), 'REQUEST', ...STAGES]);
    expect(units[4]?.event).toMatchObject({ request: { table: 'public.orders' }, driver: 'local:d', unitsDone: 0 });
    expect(events).toContainEqual({ type: 'started-anew', executions: 2 });
  });

  test('an answer that the machine does not know ends in failure', async () => {
    const { run } = machine({ SETUP: [{ status: 'perhaps' as 'done' }] });
    await expect(run()).rejects.toMatchObject({ name: 'UnknownOutcomeError' });
  });

  test('an answer above 256 KiB fails as on AWS', async () => {
    const { run } = machine({ SETUP: [{ message: 'x'.repeat(262_144) }] });
    await expect(run()).rejects.toMatchObject({ name: 'States.DataLimitExceeded' });
  });

  test('told to stop, it lets the unit end, cuts the wait short and begins no other', async () => {
    const stop = new AbortController();
    const { run, tasks, events } = machine({ BACKFILL: [{ status: 'wait', waitSeconds: 3_600, because: 'x' }] });
    const end = await run({
      stop: stop.signal,
      waitOverrideMs: 3_600_000,
      onEvent: (event) => {
        events.push(event);
        if (event.type === 'unit-started' && event.task === 'BACKFILL') stop.abort();
      },
    });
    expect(end).toMatchObject({ outcome: 'interrupted', lastResult: { status: 'wait' } });
    expect(tasks().at(-1)).toBe('BACKFILL');
    expect(events.at(-1)).toMatchObject({ type: 'unit-ended', task: 'BACKFILL' });
  });

  test('told to stop while a unit fails, it neither retries nor fails', async () => {
    const stop = new AbortController();
    const { run, tasks } = machine({ SWAP: [LOCKED] });
    const onEvent = (event: MachineEvent) => {
      if (event.type === 'unit-failed') stop.abort();
    };
    expect(await run({ stop: stop.signal, onEvent })).toMatchObject({ outcome: 'interrupted' });
    await nextTurn();
    expect(tasks().filter((task) => task === 'SWAP')).toHaveLength(1);
  });

  test('a task that calls something on AWS unknown to the runner is refused before it runs', async () => {
    const Resource = 'arn:aws:states:::sqs:sendMessage';
    const foreign = { StartAt: 'SEND', States: { SEND: { Type: 'Task' as const, Resource, End: true as const } } };
    const { run, tasks } = machine();
    await expect(run({ definition: foreign })).rejects.toMatchObject({ name: 'DefinitionError' });
    expect(tasks()).toEqual([]);
  });
});
