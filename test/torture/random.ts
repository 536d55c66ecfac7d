/** Seeded numbers: the same seed gives the same sequence on every machine. Not for secrets. */
export class Random {
  #state = 0x811c9dc5;

  constructor(seed: string) {
    // FNV-1a, so that 'x:writer 1' and 'x:writer 2' have nothing in common.
    for (let at = 0; at < seed.length; at += 1) {
      this.#state = Math.imul(this.#state ^ seed.charCodeAt(at), 0x01000193) >>> 0;
    }
  }

  /** 0 to below `limit`. */
  integer(limit: number): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * limit);
  }

  /** True once in `times` on average. */
  onceIn(times: number): boolean {
    return this.integer(times) === 0;
  }

  /** Throws RangeError when there is nothing to pick from. */
  pick<T>(list: readonly T[]): T {
    const picked = list[this.integer(list.length)];
    if (picked === undefined) throw new RangeError('Nothing to pick from');
    return picked;
  }

  /** Up to `count` different ones. */
  some<T>(list: readonly T[], count: number): T[] {
    const picked = new Set<T>();
    for (let tries = 0; tries < 4 * count && picked.size < Math.min(count, list.length); tries += 1) {
      picked.add(this.pick(list));
    }
    return [...picked];
  }

  /** By weight. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let left = this.integer(choices.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, choice] of choices) {
      left -= weight;
      if (left < 0) return choice;
    }
    throw new RangeError('Nothing to pick from');
  }
}
