import { describe, expect, it } from 'vitest';
import { BatchSizer } from '../../lambdas/engine/backfill/batch-size.ts';

describe('the size of a batch', () => {
  it('grows by at most a half, however quick the batch was', () => {
    const sizer = new BatchSizer(100, 1_000);
    sizer.observe(100, 1);
    expect(sizer.blocks).toBe(150);
  });

  it('settles where a batch takes its target', () => {
    const sizer = new BatchSizer(100, 1_000);
    for (let batch = 0; batch < 30; batch += 1) sizer.observe(sizer.blocks, sizer.blocks * 2);
    expect(sizer.blocks).toBe(500);
  });

  it('goes by the slow ones among the last batches, not by their average', () => {
    const sizer = new BatchSizer(100, 1_000);
    for (let batch = 0; batch < 8; batch += 1) sizer.observe(100, 100);
    sizer.observe(100, 1_000);
    sizer.observe(100, 1_000);
    expect(sizer.blocks).toBe(100);
  });

  it('falls to a tenth when one batch takes more than five times the target', () => {
    const sizer = new BatchSizer(1_000, 100);
    sizer.observe(1_000, 501);
    expect(sizer.blocks).toBe(100);
  });

  it('is halved when one is cancelled by its statement timeout, and is never less than a block', () => {
    const sizer = new BatchSizer(5, 100);
    const sizes = [1, 2, 3, 4].map(() => {
      sizer.observeTimeout();
      return sizer.blocks;
    });
    expect(sizes).toEqual([2, 1, 1, 1]);
    sizer.observe(1, 10_000);
    expect(sizer.blocks).toBe(1);
  });

  it('is never more than a gibibyte of heap', () => {
    const sizer = new BatchSizer(100_000, 1_000);
    for (let batch = 0; batch < 20; batch += 1) sizer.observe(sizer.blocks, 0);
    expect(sizer.blocks * 8_192).toBe(1024 ** 3);
  });
});
