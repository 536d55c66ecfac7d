/** How far a stage was at a moment, in its own measure (rows, keys, statements). */
export interface Sample {
  readonly atMs: number;
  readonly done: bigint;
}

/** An estimate from less than this would jump about. */
const SHORTEST_SPAN_MS = 1_500;

/** Older samples say less about the pace of now: batches adapt, and so does the load. */
const WINDOW_MS = 60_000;

/** Keeps what the estimate looks at: the window, and one sample a second. */
export function withSample(samples: readonly Sample[], sample: Sample): Sample[] {
  const recent = samples.filter((one) => sample.atMs - one.atMs <= WINDOW_MS);
  const last = recent.at(-1);
  return last !== undefined && recent.length > 1 && sample.atMs - last.atMs < 1_000 && last.done === sample.done
    ? recent
    : [...recent, sample];
}

/** Seconds until `estimated`, at the pace of the samples; null while there is none to speak of. */
export function secondsLeft(samples: readonly Sample[], estimated: bigint): number | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs - first.atMs < SHORTEST_SPAN_MS) {
    return null;
  }
  const advanced = Number(last.done - first.done);
  if (advanced <= 0 || estimated <= last.done) {
    return null;
  }
  return Math.ceil((Number(estimated - last.done) * (last.atMs - first.atMs)) / advanced / 1_000);
}
