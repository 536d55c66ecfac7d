import { describe, expect, it } from 'vitest';
import { attemptBound } from '../../lambdas/engine/locks/attempt-bound.ts';

describe('one attempt at an exchange', () => {
  it.each([
    [100, 20, 0],
    [100, 20, 17],
    [100, 20, 33],
    [1_000, 20, 183],
    [10, 1, 18],
  ])('lockTimeoutMs %i, budget %i ms, %i statements: is over after both and 50 ms', (timeout, budget, statements) => {
    expect(attemptBound(timeout, budget, statements).longestMs).toBe(timeout + budget + 50);
  });

  it.each([
    [100, 20, 34, 172],
    [100, 20, 219, 727],
    [11, 20, 100, 326],
  ])(
    'lockTimeoutMs %i, budget %i ms, %i statements: is longer where their time would take more than half of the wait',
    (timeout, budget, statements, longestMs) => {
      expect(attemptBound(timeout, budget, statements)).toEqual({ lockWaitMs: Math.ceil(timeout / 2), longestMs });
    },
  );

  it.each([10, 100, 101, 1_000])('of %i ms leaves the statements their time, however long it has waited', (timeout) => {
    for (const statements of [0, 10, 20, 50, 100, 1_000]) {
      const { lockWaitMs, longestMs } = attemptBound(timeout, 20, statements);
      expect(longestMs - lockWaitMs - 20).toBe(Math.max(50, 3 * statements));
      expect(lockWaitMs).toBeGreaterThanOrEqual(timeout / 2);
      expect(lockWaitMs).toBeLessThanOrEqual(timeout);
    }
  });
});
