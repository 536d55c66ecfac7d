import { describe, expect, test } from 'vitest';
import { pauseAfterAttempts, pauseForStall } from '../../lambdas/engine/locks/pauses.ts';

describe('pauses between attempts', () => {
  test('grow, to half a minute at most, and are never shorter than a second', () => {
    const longest = Array.from({ length: 30 }, (_, attempts) => pauseAfterAttempts(attempts, () => 1));
    expect(longest.slice(0, 8)).toEqual([2, 3, 5, 7, 10, 15, 23, 30]);
    expect(longest).toEqual(longest.toSorted((a, b) => a - b));
    expect(Math.max(...longest)).toBe(30);
    const shortest = Array.from({ length: 30 }, (_, attempts) => pauseAfterAttempts(attempts, () => 0));
    expect(Math.min(...shortest)).toBe(1);
  });

  test('are jittered: two runs do not come back at the same moment', () => {
    expect(pauseAfterAttempts(10, () => 0)).toBe(15);
    expect(pauseAfterAttempts(10, () => 0.5)).toBe(23);
    expect(pauseAfterAttempts(10, () => 1)).toBe(30);
  });

  test.each([10, 100, 120, 500, 1_000, 2_000])(
    'leave others nine tenths of the time after a stall of %i ms',
    (stalledMs) => {
      expect(stalledMs / (stalledMs + pauseForStall(stalledMs) * 1_000)).toBeLessThanOrEqual(0.1);
    },
  );
});
