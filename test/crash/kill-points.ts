import { isRetryable } from '../../lambdas/engine/errors.ts';
import type { TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import { MortalProcess, type Statement } from './mortal-process.ts';
import type { ShelfRun } from './shelf-run.ts';

/** How one kill is done; called before the statement is sent. */
export interface Kill {
  /** For the output. */
  readonly kind: string;
  /** Which statements of a unit are met. Default: all. */
  readonly meets?: (statement: Statement) => boolean;
  /** Every how many-th of them is struck. Default: 1, each. */
  readonly every?: number;
  strike(process: MortalProcess, statement: Statement): void | Promise<void>;
  /** After each unit, before the next one begins; `struck` when it was struck. */
  afterUnit?(struck: boolean): void | Promise<void>;
}

/** Kill points by kind: how often a kill was tried, and how often the run went on as if nothing had been. */
export class Tally {
  readonly #tried: Record<string, number> = {};
  readonly #survived: Record<string, number> = {};

  tried(kind: string): void {
    this.#tried[kind] = (this.#tried[kind] ?? 0) + 1;
  }

  /** All that were tried so far, once rows, catalog and left-overs were found right. */
  allSurvived(): void {
    Object.assign(this.#survived, this.#tried);
  }

  survived(kind: string): void {
    this.#survived[kind] = (this.#survived[kind] ?? 0) + 1;
  }

  of(kind: string): number {
    return this.#tried[kind] ?? 0;
  }

  print(): void {
    for (const [kind, tried] of Object.entries(this.#tried)) {
      console.log(`kill points survived ${this.#survived[kind] ?? 0} / tried ${tried}: ${kind}`);
    }
  }
}

/** More tries at one point than any of these tests needs. */
const MOST_TRIES = 200;

/**
 * Goes through the tasks, and in each unit strikes at its first statement, then (resumed) at its second, and so on, until
 * the unit outlives the point: every statement that the kill meets is struck. The application writes in between.
 */
export async function strikeEverywhere(
  shelf: ShelfRun,
  request: Readonly<Record<string, unknown>>,
  tasks: readonly TaskName[],
  kill: Kill,
  tally: Tally,
): Promise<void> {
  for (const task of tasks) {
    let tries = 0;
    const every = kill.every ?? 1;
    for (let point = 1; ; point += every) {
      tries += 1;
      if (tries > MOST_TRIES) throw new Error(`${task} does not get past statement ${point} (${kill.kind})`);
      await shelf.write();
      const { struck, outcome } = await oneUnit(shelf, request, task, kill, point);
      await kill.afterUnit?.(struck);
      if (struck) {
        tries = 0;
        tally.tried(kill.kind);
      } else if (outcome === 'not now' || outcome.status === 'wait') {
        // What was left behind is still in the way: the same point once more.
        point -= every;
      } else if (outcome.status === 'more') {
        point = 1 - every;
      } else {
        break;
      }
    }
  }
}

async function oneUnit(
  shelf: ShelfRun,
  request: Readonly<Record<string, unknown>>,
  task: TaskName,
  kill: Kill,
  point: number,
): Promise<{ struck: boolean; outcome: UnitResult | 'not now' }> {
  let met = 0;
  let struck = false;
  const process = new MortalProcess({
    url: shelf.url,
    request: { ...shelf.run.request, ...request },
    driver: shelf.newDriver(),
    async onStatement(statement, dying) {
      if (kill.meets?.(statement) === false) return;
      met += 1;
      if (met === point) {
        struck = true;
        await kill.strike(dying, statement);
      } else if (met % 5 === 0) {
        await shelf.write();
      }
    },
  });
  try {
    return { struck, outcome: await process.unit(task) };
  } catch (error) {
    if (process.isDead || isRetryable(error)) return { struck, outcome: 'not now' };
    throw error;
  }
}
