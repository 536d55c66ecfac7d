/**
 * Finds the number of blocks that a batch copies within its target duration. Starts small, grows by at most a half,
 * shrinks at once: to a tenth when one batch takes five times the target, to a half when one hits its statement timeout
 * (the rules of the field's best, spirit's chunker among them).
 */
export class BatchSizer {
  #blocks: number;
  #recentMsPerBlock: number[] = [];

  constructor(
    initialBlocks: number,
    private readonly targetMs: number,
  ) {
    this.#blocks = Math.max(1, initialBlocks);
  }

  get blocks(): number {
    return this.#blocks;
  }

  /** Tells it how long a batch of `blocks` took. */
  observe(blocks: number, durationMs: number): void {
    if (durationMs > 5 * this.targetMs) {
      this.#blocks = Math.max(1, Math.floor(this.#blocks / 10));
      this.#recentMsPerBlock = [];
      return;
    }
    this.#recentMsPerBlock.push(durationMs / Math.max(1, blocks));
    if (this.#recentMsPerBlock.length > WINDOW) {
      this.#recentMsPerBlock.shift();
    }
    const fitting = Math.floor(this.targetMs / Math.max(percentile90(this.#recentMsPerBlock), 1e-6));
    this.#blocks = Math.max(1, Math.min(fitting, Math.ceil(this.#blocks * GROWTH), MOST_BLOCKS));
  }

  /** A batch was cancelled by its statement timeout. */
  observeTimeout(): void {
    this.#blocks = Math.max(1, Math.floor(this.#blocks / 2));
    this.#recentMsPerBlock = [];
  }
}

const WINDOW = 10;
const GROWTH = 1.5;
/** 1 GiB of heap: more in one transaction gains nothing and loses more to a crash. */
const MOST_BLOCKS = 131_072;

function percentile90(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.9))] ?? 0;
}
