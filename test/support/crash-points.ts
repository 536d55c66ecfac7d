import type { StatementObserver } from '../../lambdas/engine/postgres/session.ts';

/** What an armed observer throws in place of a dying process. */
export class SimulatedCrash extends Error {
  override readonly name = 'SimulatedCrash';
}

/** Before the statement is sent, or after the server has carried it out and nobody hears the answer. */
export interface CrashPoint {
  /** 1 is the first statement that the observer sees, whichever session sends it. */
  readonly statement: number;
  readonly moment: 'before' | 'after';
  /** Which statements are counted. Default: all. */
  readonly counts?: Pick<RegExp, 'test'>;
}

/** Sees every statement of a good run, so that a test can enumerate where to die. */
export class StatementCounter implements StatementObserver {
  /** As sent, in order. */
  readonly statements: string[] = [];

  before(text: string): void {
    this.statements.push(text);
  }

  after(): void {}

  get count(): number {
    return this.statements.length;
  }
}

/**
 * Dies at one crash point. A dead process sends nothing more: from then on every statement of every session that has
 * this observer throws as well, whatever a `catch` or `finally` tries. The test ends the sessions, as the death of the
 * process would, and goes on with new ones. `crashed` tells whether the point was reached: a run that is shorter than
 * the point crashes nowhere, and a test must notice.
 */
export class CrashingObserver implements StatementObserver {
  readonly #point: CrashPoint;
  #seen = 0;
  #fatal: string | null = null;

  constructor(point: CrashPoint) {
    this.#point = point;
  }

  get crashed(): boolean {
    return this.#fatal !== null;
  }

  before(text: string): void {
    this.#throwIfDead();
    if (this.#point.counts?.test(text) === false) {
      return;
    }
    this.#seen += 1;
    if (this.#seen === this.#point.statement) {
      this.#fatal = text;
      // 'after' dies in after(), or, if another session is faster, at that one's next statement.
      if (this.#point.moment === 'before') this.#throwIfDead();
    }
  }

  after(): void {
    this.#throwIfDead();
  }

  #throwIfDead(): void {
    if (this.#fatal === null) return;
    const { moment, statement } = this.#point;
    throw new SimulatedCrash(`Died ${moment} statement ${statement}: ${this.#fatal.trim().slice(0, 200)}`);
  }
}

/** Both moments of every statement that the counter saw. */
export function crashPoints(counter: StatementCounter): CrashPoint[] {
  return counter.statements.flatMap((_, index) => [
    { statement: index + 1, moment: 'before' as const },
    { statement: index + 1, moment: 'after' as const },
  ]);
}
