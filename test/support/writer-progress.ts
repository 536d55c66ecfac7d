/** Counts the statements of all writers, wakes those who wait for a number of them, and holds the writers up meanwhile. */
export class Progress {
  #done = 0;
  #ended = false;
  #waiting: { readonly at: number; resolve(): void; reject(error: Error): void }[] = [];
  readonly #pausing = new Set<() => void>();

  step(): void {
    this.#done += 1;
    const due = this.#waiting.filter((one) => one.at <= this.#done);
    this.#waiting = this.#waiting.filter((one) => one.at > this.#done);
    for (const one of due) one.resolve();
  }

  end(): void {
    this.#ended = true;
    for (const one of this.#waiting.splice(0)) one.reject(new Error('The writers have ended'));
  }

  after(statements: number): Promise<void> {
    if (this.#ended) return Promise.reject(new Error('The writers have ended'));
    const reached = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ at: this.#done + statements, resolve, reject });
    });
    this.wake();
    // Who waits is told; a test that has failed meanwhile does not wait any more.
    reached.catch(() => {});
    return reached;
  }

  /** Ends the pauses under way. */
  wake(): void {
    for (const goOn of [...this.#pausing]) goOn();
  }

  /** So long, ms, but not while anybody waits for statements: a paced writer is to leave the processors to the others. */
  async pause(ms: number): Promise<void> {
    if (this.#waiting.length > 0) return;
    await new Promise<void>((resolve) => {
      const goOn = () => {
        clearTimeout(timer);
        this.#pausing.delete(goOn);
        resolve();
      };
      const timer = setTimeout(goOn, ms);
      this.#pausing.add(goOn);
    });
  }
}
