const LONGEST_PAUSE_S = 30;

/**
 * The pause before the next attempt at a lock, s: growing, jittered, a second and more (attempts without a pause stall
 * readers up to all the time: pg_repack #275; 100 ms every second at most a tenth of it).
 */
export function pauseAfterAttempts(attempts: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_PAUSE_S, 2 * 1.5 ** Math.min(attempts, 20));
  return Math.max(1, Math.round(ceiling * (0.5 + random() / 2)));
}

/** The least pause after an attempt that may have stalled others for `stalledMs`, s: they are stalled a tenth of the time at most. */
export function pauseForStall(stalledMs: number): number {
  return Math.ceil((9 * stalledMs) / 1_000);
}
