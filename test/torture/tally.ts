/** What all writers together did and saw. */
export class Tally {
  readonly statements = new Map<string, number>();
  readonly expectedErrors = new Map<string, number>();
  readonly transactions = new Map<string, number>();
  /** Of every statement, ms; in the order of their ends. */
  readonly latencies: number[] = [];
  /** Writers' transactions that began while a swap was under way, and missed rows which its last drain had moved. */
  staleSnapshots = 0;
  /**
   * Sessions with a snapshot from before the last drain; those whom the tool named and waited for; how often they looked, and
   * how often a TRUNCATE had left them nothing to see.
   */
  oldReaders = 0;
  oldReadersWaitedFor = 0;
  oldReaderLooks = 0;
  oldReadersOvertakenByTruncate = 0;
  /** Transactions given up since a TRUNCATE had overtaken what the writer knew. */
  overtakenByTruncate = 0;
  /** Columns that have another type for good. */
  alterations = 0;
  /** Committed ones. */
  truncates = 0;
  /** Writers whose books went on over a TRUNCATE, and those that had to read theirs anew. */
  booksKept = 0;
  booksReadAnew = 0;

  count(of: Map<string, number>, what: string, by = 1): void {
    of.set(what, (of.get(what) ?? 0) + by);
  }

  get totalStatements(): number {
    return this.latencies.length;
  }

  quantileMs(fraction: number): number {
    const sorted = Float64Array.from(this.latencies).sort();
    return sorted[Math.floor(fraction * (sorted.length - 1))] ?? 0;
  }
}

/** The last things a writer did: kinds and keys, no values. */
export class OperationLog {
  readonly #entries: string[] = [];

  add(entry: string): void {
    this.#entries.push(entry);
    if (this.#entries.length > KEPT) this.#entries.shift();
  }

  tail(): readonly string[] {
    return this.#entries;
  }
}

const KEPT = 40;
