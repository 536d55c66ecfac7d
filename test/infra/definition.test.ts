import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { FATAL_ERROR_NAMES, RETRYABLE_ERROR_NAMES } from '../../lambdas/engine/errors.ts';
import { ACTIONS, STAGES, TASKS } from '../../lambdas/engine/stages.ts';
import { UNIT_STATUSES } from '../../lambdas/engine/unit.ts';
import { definition, type Retrier, state } from './definition-states.ts';

const states = Object.entries(definition.States);
const retriersOf = (name: string): readonly Retrier[] => state(name).Retry ?? [];

describe('the synthesised definition', () => {
  it('is valid Amazon States Language, paths and ARNs included', () => {
    const { isValid, errors } = validate(definition as never, { checkPaths: true, checkArn: true });
    expect(errors).toEqual([]);
    expect(isValid).toBe(true);
  });

  it('is JSONPath: the local interpreter would ignore JSONata in silence', () => {
    expect(definition.QueryLanguage).toBe('JSONPath');
    expect(states.filter(([, { Type }]) => Type === 'Map' || Type === 'Parallel')).toEqual([]);
  });

  it('reads nothing of the context but the execution’s id, which is all the interpreter knows', () => {
    const read = JSON.stringify(definition).match(/\$\$\.[\w.]+/g);
    expect(new Set(read)).toEqual(new Set(['$$.Execution.Id']));
  });

  it('tests for presence only, since the interpreter never matches IsPresent: false', () => {
    expect(JSON.stringify(definition)).not.toMatch(/"Is(Present|Null)":false/);
  });

  it('may run for three weeks, within what the interpreter’s timers can count', () => {
    expect(definition.TimeoutSeconds).toBe(21 * 24 * 3600);
    expect((definition.TimeoutSeconds ?? 0) * 1000).toBeLessThan(2 ** 31);
  });

  it('has a comment on every state', () => {
    expect(states.filter(([, { Comment }]) => !Comment).map(([name]) => name)).toEqual([]);
  });

  it('has a task for each of TASKS and no other but START_ANEW', () => {
    const tasks = states.filter(([, { Type }]) => Type === 'Task').map(([name]) => name);
    expect(tasks.sort()).toEqual([...TASKS, 'START_ANEW'].sort());
  });

  it('calls a different function in each task', () => {
    expect(new Set(TASKS.map((task) => state(task).Resource)).size).toBe(TASKS.length);
  });

  it.each(TASKS)('%s is handed exactly a UnitEvent and leaves its result at $.unit', (task) => {
    expect(state(task).Parameters).toEqual({
      'request.$': '$.request',
      'driver.$': '$.driver',
      'unitsDone.$': '$.unit.unitsDone',
    });
    expect(state(task).ResultPath).toBe('$.unit');
  });

  it.each(TASKS)('%s outlives its function, which ends after 900 s', (task) => {
    expect(state(task).TimeoutSeconds).toBeGreaterThan(900);
  });

  it.each(TASKS)('%s fails in place: nothing catches', (task) => {
    expect(state(task).Catch).toBeUndefined();
  });

  it.each(TASKS)('%s: every status has a way on, and an unknown one fails', (task) => {
    const choice = state(state(task).Next ?? '');
    expect(choice.Type).toBe('Choice');
    const next = Object.fromEntries((choice.Choices ?? []).map((rule) => [rule.StringEquals, rule.Next]));
    expect(Object.keys(next).sort()).toEqual([...UNIT_STATUSES].sort());
    expect(choice.Choices?.map(({ Variable }) => Variable)).toEqual(UNIT_STATUSES.map(() => '$.unit.status'));
    const wait = state(next.wait ?? '');
    expect(next).toMatchObject({ more: task, stop: 'FINISHED', restart: 'START_ANEW' });
    expect(wait).toMatchObject({ Type: 'Wait', SecondsPath: '$.unit.waitSeconds', Next: task });
    expect(choice.Default).toBe('UNKNOWN_OUTCOME');
  });

  it('goes through the stages in their order, and from each way back to the end', () => {
    const afterDone = (task: string) =>
      state(`AFTER_${task}`).Choices?.find(({ StringEquals }) => StringEquals === 'done')?.Next;
    expect(STAGES.map(afterDone)).toEqual([...STAGES.slice(1), 'FINISHED']);
    expect([afterDone('REQUEST'), afterDone('REVERT'), afterDone('RESET')]).toEqual([
      'CHOOSE_ACTION',
      'FINISHED',
      'FINISHED',
    ]);
  });

  it('knows where each action begins, and fails on an unknown one', () => {
    const choice = state('CHOOSE_ACTION');
    const next = Object.fromEntries((choice.Choices ?? []).map((rule) => [rule.StringEquals, rule.Next]));
    expect(Object.keys(next).sort()).toEqual([...ACTIONS].sort());
    expect(next).toEqual({ repack: 'PRE_VALIDATION', revert: 'REVERT', reset: 'RESET', 'clean-up': 'CLEAN_UP' });
    expect(choice.Default).toBe('UNKNOWN_OUTCOME');
    expect(state('UNKNOWN_OUTCOME').Type).toBe('Fail');
  });

  it('has a default in every Choice', () => {
    const without = states.filter(([, { Type, Default }]) => Type === 'Choice' && Default === undefined);
    expect(without.map(([name]) => name)).toEqual([]);
  });
});

describe('retry of the units', () => {
  const SERVICE_ERRORS = /^(Lambda|Sandbox|Runtime|States)\./;

  it.each(TASKS)('%s repeats every retryable error, once, and nothing else of ours', (task) => {
    const ours = retriersOf(task)
      .flatMap(({ ErrorEquals }) => ErrorEquals)
      .filter((name) => !SERVICE_ERRORS.test(name));
    expect([...ours].sort()).toEqual([...RETRYABLE_ERROR_NAMES].sort());
    expect(ours.filter((name) => (FATAL_ERROR_NAMES as readonly string[]).includes(name))).toEqual([]);
  });

  it.each(TASKS)('%s repeats throttling and dead functions, and has no catch-all', (task) => {
    const names = retriersOf(task).flatMap(({ ErrorEquals }) => ErrorEquals);
    expect(names).toEqual(
      expect.arrayContaining(['Lambda.TooManyRequestsException', 'Sandbox.Timedout', 'Lambda.Unknown']),
    );
    expect(names).not.toContain('States.ALL');
    expect(names).not.toContain('States.TaskFailed');
  });

  it.each(['START_ANEW', ...TASKS])('%s: what the validator does not look at', (task) => {
    for (const retrier of retriersOf(task)) {
      const { ErrorEquals, IntervalSeconds, MaxDelaySeconds, JitterStrategy, MaxAttempts, BackoffRate } = retrier;
      expect(JitterStrategy).toBe('FULL');
      expect(MaxDelaySeconds).toBeGreaterThan(IntervalSeconds);
      expect(MaxDelaySeconds, 'the driver’s lease is 90 s').toBeLessThanOrEqual(60);
      expect(MaxAttempts).toBeGreaterThan(0);
      expect(BackoffRate).toBeGreaterThanOrEqual(1);
      if (ErrorEquals.includes('States.ALL')) {
        expect(ErrorEquals).toEqual(['States.ALL']);
        expect(retriersOf(task).at(-1)).toBe(retrier);
      }
    }
    const names = retriersOf(task).flatMap(({ ErrorEquals }) => ErrorEquals);
    expect(new Set(names).size).toBe(names.length);
  });
});
