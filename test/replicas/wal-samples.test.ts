import { describe, expect, test } from 'vitest';
import { WalSamples } from '../../lambdas/engine/throttle/wal-samples.ts';

/** Samples at [WAL position, seconds]. */
function samplesAt(...taken: readonly (readonly [number, number])[]): WalSamples {
  const samples = WalSamples.fromMark([]);
  for (const [position, seconds] of taken) samples.add(BigInt(position), seconds * 1_000);
  return samples;
}

describe('the lag of a standby, from its position', () => {
  test('is none when it has replayed all there is, however long the primary has idled', () => {
    const samples = samplesAt([100, 0]);
    expect(samples.boundsOf(100n, 100n, 3_600_000)).toEqual({ atLeastMs: 0, atMostMs: 0 });
  });

  test('lies between the ages of the samples around its position', () => {
    const samples = samplesAt([100, 10], [200, 20], [300, 30]);
    expect(samples.boundsOf(250n, 400n, 40_000)).toEqual({ atLeastMs: 10_000, atMostMs: 20_000 });
  });

  test('is not known while it has replayed nothing that was sampled', () => {
    const samples = samplesAt([100, 10]);
    expect(samples.boundsOf(50n, 100n, 10_000)).toEqual({ atLeastMs: 0, atMostMs: Number.POSITIVE_INFINITY });
    expect(samples.boundsOf(null, 100n, 12_000)).toEqual({ atLeastMs: 2_000, atMostMs: Number.POSITIVE_INFINITY });
  });

  test('grows from unit to unit while it stands still', () => {
    const first = samplesAt([100, 10], [200, 20]);
    const next = WalSamples.fromMark(JSON.parse(JSON.stringify(first.toMark())));
    next.add(300n, 500_000);
    expect(next.boundsOf(150n, 300n, 500_000)).toEqual({ atLeastMs: 480_000, atMostMs: 490_000 });
  });

  test('is still known after days, in few samples', () => {
    const samples = samplesAt([100, 0]);
    for (let second = 10; second <= 100_000; second += 10) samples.add(BigInt(100 + second), second * 1_000);
    expect(samples.toMark().length).toBeLessThan(150);
    expect(samples.boundsOf(100n, 200_000n, 100_000_000)).toEqual({ atLeastMs: 99_990_000, atMostMs: 100_000_000 });
    const halfway = samples.boundsOf(50_000n, 200_000n, 100_000_000);
    expect(halfway.atLeastMs).toBeGreaterThan(40_000_000);
    expect(halfway.atMostMs).toBeLessThan(60_000_000);
  });

  test('forgets only what every standby has replayed', () => {
    const samples = samplesAt([100, 10], [200, 20], [300, 30]);
    samples.forgetBefore([300n, 250n]);
    expect(samples.toMark()).toEqual([
      ['200', 20_000],
      ['300', 30_000],
    ]);
    samples.forgetBefore([null, 300n]);
    expect(samples.toMark()).toHaveLength(2);
  });

  test('is not taken from another history or from the future', () => {
    const failedOver = samplesAt([900, 10], [200, 20]);
    expect(failedOver.toMark()).toEqual([['200', 20_000]]);
    const clockSetBack = samplesAt([100, 3_600], [200, 20]);
    expect(clockSetBack.toMark()).toEqual([['200', 20_000]]);
  });

  test('is not known from a mark that makes no sense', () => {
    for (const mark of [undefined, null, 'x', [1, 'x', [], ['1'], ['-1', 2], [1, 2], ['1', '2']]]) {
      expect(WalSamples.fromMark(mark).toMark()).toEqual([]);
    }
  });
});
