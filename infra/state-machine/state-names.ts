import type { TaskName } from '../../lambdas/engine/stages.ts';

/**
 * Names of the states that are not tasks; a task's state bears the task's own name. They are an interface: the
 * console's picture tells the story with them, and the local runner overrides waits and the restart by name.
 */
export const READ_INPUT = 'READ_INPUT';
export const READ_EVENT = 'READ_EVENT';
export const READ_REQUEST = 'READ_REQUEST';
export const CHOOSE_ACTION = 'CHOOSE_ACTION';
export const FINISHED = 'FINISHED';
export const START_ANEW = 'START_ANEW';
export const CONTINUED_ANEW = 'CONTINUED_ANEW';
export const UNKNOWN_OUTCOME = 'UNKNOWN_OUTCOME';

/** The Choice that reads what the task's unit answered. */
export function outcomeStateName(task: TaskName): string {
  return `AFTER_${task}`;
}

/** The Wait that a unit's `wait` leads to, before the same task runs again. */
export function waitStateName(task: TaskName): string {
  return `WAIT_IN_${task}`;
}
