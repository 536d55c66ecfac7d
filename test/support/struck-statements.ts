import { expect } from 'vitest';
import type { TaskName } from '../../lambdas/engine/stages.ts';

/** Of a statement, without white space, digests, and the numbers of parameters, runs, drivers and objects. */
function textOf(statement: string): string {
  return statement.replaceAll(/\s+/g, ' ').replaceAll(DIGEST, 'N').replaceAll(/\d+/g, 'N').trim();
}

/** Fingerprints (md5), and the names of drivers (UUID). */
const DIGEST = /\b[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\b/g;

const BEGINS = /^BEGIN\b/;
const COMMITS = /\bCOMMIT$/;
/** Outside of a transaction these leave nothing behind, and inside of one hardly a lock. */
export const ONLY_READS = /^\s*(SELECT|SET|WITH (?!ended\b))(?!.*(\bCOMMIT$|FOR (KEY SHARE|UPDATE)|_drain"))/s;

export interface UnitPoints {
  /** To be asked of every statement of the unit; true of one that is to be struck, and counts as struck then. */
  isPoint(session: number, statement: string, isMet?: boolean): boolean;
}

/** Which statements a test has met with its kills, by task. */
export class StruckStatements {
  readonly #keys = new Set<string>();
  readonly #texts = new Map<TaskName, Set<string>>();
  readonly #every: number;
  #points = 0;
  #only: SentStatements | null = null;

  /** `every`: every how many-th point is struck. Default: 1, each. */
  constructor(every: number | undefined = 1) {
    this.#every = every;
  }

  /**
   * The points of one unit that begins in `state` (see `progressOf`). What may leave something behind, a COMMIT or a
   * statement outside of a transaction, is a point in each state that it is sent in: what comes after it depends on what it left.
   * Anything else leaves what the statement before it left, so that it is one point in all of a task.
   */
  unit(task: TaskName, state: string): UnitPoints {
    const previous = new Map<number, string>();
    const inTransaction = new Set<number>();
    return {
      isPoint: (session, statement, isMet = true) => {
        const text = textOf(statement);
        const leaves =
          COMMITS.test(text) || !(inTransaction.has(session) || BEGINS.test(text) || ONLY_READS.test(text));
        const key = leaves ? [task, state, previous.get(session), text] : [task, text];
        previous.set(session, text);
        if (COMMITS.test(text)) inTransaction.delete(session);
        else if (BEGINS.test(text)) inTransaction.add(session);
        return isMet && this.#isNew(task, text, JSON.stringify(key));
      },
    };
  }

  #isNew(task: TaskName, text: string, key: string): boolean {
    if (this.#only?.has(task, text) === false || this.#keys.has(key)) return false;
    this.#keys.add(key);
    this.#points += 1;
    if (this.#points % this.#every !== 0) return false;
    const texts = this.#texts.get(task) ?? new Set();
    this.#texts.set(task, texts.add(text));
    return true;
  }

  /**
   * From now on only what an unbroken run sends and was not struck is a point: a run that has died after the COMMIT that
   * moves its stage never sends what comes behind it, so another one has to die there. False when there is nothing left.
   */
  narrowToMissed(sent: SentStatements, exceptions: readonly RegExp[] = []): boolean {
    const missed = this.#missed(sent, exceptions);
    this.#only = new SentStatements();
    for (const [task, text] of missed) this.#only.add(task, text);
    return missed.length > 0;
  }

  /** Throws when an unbroken run sends what was not struck, unless it is among the exceptions. */
  expectToCover(sent: SentStatements, exceptions: readonly RegExp[] = []): void {
    expect(this.#missed(sent, exceptions), 'statements of an unbroken run that were never struck').toEqual([]);
    expect(sent.all().length, 'statements of an unbroken run').toBeGreaterThan(0);
  }

  #missed(sent: SentStatements, exceptions: readonly RegExp[]): (readonly [TaskName, string])[] {
    const missed = sent.all().filter(([task, text]) => this.#texts.get(task)?.has(text) !== true);
    return missed.filter(([, text]) => !exceptions.some((exception) => exception.test(text)));
  }
}

/** What a run that nobody disturbs sends, by task. */
export class SentStatements {
  readonly #texts = new Map<TaskName, Set<string>>();

  add(task: TaskName, statement: string): void {
    const texts = this.#texts.get(task) ?? new Set();
    this.#texts.set(task, texts.add(textOf(statement)));
  }

  has(task: TaskName, text: string): boolean {
    return this.#texts.get(task)?.has(text) === true;
  }

  all(): (readonly [TaskName, string])[] {
    return [...this.#texts].flatMap(([task, texts]) => [...texts].map((text) => [task, text] as const));
  }
}
