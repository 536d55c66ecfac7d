import { describe, expect, it } from 'vitest';
import {
  COLLISION,
  CONNECTION_TROUBLE,
  FUNCTION_DIED,
  LAMBDA_SERVICE,
  LOCK_HELD_BY_OTHERS,
  START_ANEW_RETRY,
  sumOfWaitsSeconds,
  UNIT_RETRY_POLICIES,
} from '../../infra/state-machine/retry-policies.ts';
import { MAX_UNITS_PER_EXECUTION } from '../../lambdas/engine/stages.ts';

describe('the sums beside the retry policies', () => {
  it.each([
    ['locks: hours', LOCK_HELD_BY_OTHERS, 28_562],
    ['collisions: a quarter of an hour', COLLISION, 903],
    ['connections: an hour, half of it to be expected', CONNECTION_TROUBLE, 3_603],
    ['Lambda’s service: half an hour', LAMBDA_SERVICE, 1_862],
    ['dead functions: minutes', FUNCTION_DIED, 150],
    ['starting anew: minutes', START_ANEW_RETRY, 242],
  ])('%s', (_name, policy, seconds) => {
    expect(sumOfWaitsSeconds(policy)).toBe(seconds);
  });
});

/** Counted from recorded histories: entered, scheduled, started, succeeded, exited; a Choice and a Wait have two each. */
const TASK_EVENTS = 5;
const CHOICE_EVENTS = 2;
const WAIT_EVENTS = 2;
const RETRY_EVENTS = 3;
const HISTORY_LIMIT = 25_000;

describe('the history of an execution', () => {
  const attempts = UNIT_RETRY_POLICIES.reduce((sum, { maxAttempts }) => sum + (maxAttempts ?? 3), 0);
  const worstUnits = MAX_UNITS_PER_EXECUTION * (TASK_EVENTS + CHOICE_EVENTS + WAIT_EVENTS);
  // Start and end of the execution, READ_INPUT and READ_REQUEST, CHOOSE_ACTION, START_ANEW with its retries, its end.
  const frame = 2 + 4 + 2 + (TASK_EVENTS + RETRY_EVENTS * (START_ANEW_RETRY.maxAttempts ?? 3)) + 2;

  it('has room for all units, each followed by a wait, and for starting anew', () => {
    expect(worstUnits + frame).toBeLessThan(HISTORY_LIMIT);
  });

  it('has room besides for three units that use up every retry they have', () => {
    expect(worstUnits + frame + 3 * attempts * RETRY_EVENTS).toBeLessThan(HISTORY_LIMIT);
  });
});
