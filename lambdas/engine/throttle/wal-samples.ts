/** Up to where the WAL was flushed at a moment of the database's clock. */
interface WalSample {
  readonly position: bigint;
  readonly atMs: number;
}

/** What is known of a standby's lag: it is between the two. */
export interface LagBounds {
  readonly atLeastMs: number;
  /** Infinity while it has not replayed anything that we know the time of. */
  readonly atMostMs: number;
}

/**
 * Samples are at least this part of the time apart that they span: a standby may stand still for days, and its lag is then
 * known to a tenth, from some hundred samples.
 */
const LEAST_GAP = 0.1;

/**
 * Remembers when the WAL was where, so that a standby's position can be told as a time: how old is the oldest WAL that it
 * has not replayed. It lags by no less than the age of the oldest sample beyond its position, and by no more than the age
 * of the newest sample up to it. Kept in the run's marks from unit to unit: a standby that stands still is otherwise known
 * to lag only by as long as one unit has looked.
 */
export class WalSamples {
  #samples: WalSample[];

  private constructor(samples: readonly WalSample[]) {
    this.#samples = [...samples];
  }

  /** From a mark of the run; whatever does not look like samples is nothing. */
  static fromMark(mark: unknown): WalSamples {
    const entries: readonly unknown[] = Array.isArray(mark) ? mark : [];
    return new WalSamples(entries.flatMap(sampleOf));
  }

  /** For the run's marks: positions as strings, since JSON numbers end at 2^53. */
  toMark(): readonly (readonly [string, number])[] {
    return this.#samples.map(({ position, atMs }) => [position.toString(), atMs] as const);
  }

  /**
   * Takes a sample. What contradicts it goes: a sample beyond the WAL's end is of another history (a failover to a standby
   * that lacked it), one of the future is from before the clock was set back.
   */
  add(position: bigint, atMs: number): void {
    this.#samples = this.#samples.filter((sample) => sample.position <= position && sample.atMs <= atMs);
    const [first] = this.#samples;
    const [before, last] = this.#samples.slice(-2);
    if (
      first !== undefined &&
      before !== undefined &&
      last !== undefined &&
      last.atMs - before.atMs < LEAST_GAP * (last.atMs - first.atMs)
    ) {
      this.#samples.pop();
    }
    this.#samples.push({ position, atMs });
  }

  /** Forgets what no standby needs: all before the newest sample that every one of them has replayed. */
  forgetBefore(replayed: readonly (bigint | null)[]): void {
    const newest = this.#samples.findLastIndex((sample) =>
      replayed.every((position) => position !== null && sample.position <= position),
    );
    this.#samples = this.#samples.slice(Math.max(0, newest));
  }

  /** The lag of a standby at `replayed` (null: not known) while the WAL is flushed up to `flushed`. */
  boundsOf(replayed: bigint | null, flushed: bigint, nowMs: number): LagBounds {
    if (replayed !== null && replayed >= flushed) {
      return { atLeastMs: 0, atMostMs: 0 };
    }
    const ahead = this.#samples.find((sample) => replayed === null || sample.position > replayed);
    const behind = replayed === null ? undefined : this.#samples.findLast((sample) => sample.position <= replayed);
    return {
      atLeastMs: ahead === undefined ? 0 : Math.max(0, nowMs - ahead.atMs),
      atMostMs: behind === undefined ? Number.POSITIVE_INFINITY : Math.max(0, nowMs - behind.atMs),
    };
  }
}

function sampleOf(entry: unknown): WalSample[] {
  if (!Array.isArray(entry)) {
    return [];
  }
  const [position, atMs]: readonly unknown[] = entry;
  return typeof position === 'string' && /^[0-9]{1,20}$/.test(position) && typeof atMs === 'number'
    ? [{ position: BigInt(position), atMs }]
    : [];
}
