import { isRetryable } from '../../lambdas/engine/errors.ts';
import type { StageName, TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import { MOST_RUNS } from '../lifecycle/die-everywhere.ts';
import type { TestDatabase } from '../support/database.ts';
import type { RunEnd } from '../support/exchanged.ts';
import { progressOf } from '../support/progress.ts';
import { SentStatements, StruckStatements } from '../support/struck-statements.ts';
import { MortalProcess, type Statement } from './mortal-process.ts';
import { ShelfRun, TASKS_OF } from './shelf-run.ts';

/** How one kill is done; called before the statement is sent. */
export interface Kill {
  /** For the output. */
  readonly kind: string;
  /** Which statements of a unit are met. Default: all. */
  readonly meets?: (statement: Statement) => boolean;
  /** Every how many-th point is struck. Default: 1, each. */
  readonly every?: number;
  strike(process: MortalProcess, statement: Statement): void | Promise<void>;
  /** After each unit, before the next one begins; `struck` when it was struck. */
  afterUnit?(struck: boolean): void | Promise<void>;
}

/** Kill points by kind. They count as held once rows, catalog and left-overs were found right. */
export class Tally {
  readonly #struck: Record<string, number> = {};
  readonly #held: Record<string, number> = {};

  struck(kind: string): void {
    this.#struck[kind] = this.of(kind) + 1;
  }

  /** All that was struck so far, when everything was found right after it. */
  allHeld(): void {
    Object.assign(this.#held, this.#struck);
  }

  /** One, where several are tried side by side. */
  held(kind: string): void {
    this.#held[kind] = (this.#held[kind] ?? 0) + 1;
  }

  of(kind: string): number {
    return this.#struck[kind] ?? 0;
  }

  print(): void {
    for (const [kind, held] of Object.entries(this.#held)) console.log(`kill points held ${held}: ${kind}`);
  }
}

/** More units that are not struck and get no further than any of these tests needs. */
const MOST_TRIES = 200;

/**
 * Goes through the tasks, and strikes at the first point that was not struck before, until a unit meets none any more: every
 * statement that the kill meets is struck, see `StruckStatements`. The application writes in between.
 */
export async function strikeEverywhere(
  shelf: ShelfRun,
  request: Readonly<Record<string, unknown>>,
  tasks: readonly TaskName[],
  kill: Kill,
  tally: Tally,
  statements = new StruckStatements(kill.every),
): Promise<void> {
  for (const task of tasks) {
    for (let tries = 0; ; tries += 1) {
      if (tries > MOST_TRIES) throw new Error(`${task} does not get past a statement (${kill.kind})`);
      await shelf.write();
      const { struck, outcome } = await oneUnit(shelf, request, task, kill, statements);
      await kill.afterUnit?.(struck);
      if (struck) tally.struck(kill.kind);
      if (struck || (outcome !== 'not now' && outcome.status === 'more')) tries = 0;
      // Else, after 'not now' and 'wait', what was left behind is still in the way: the same once more.
      else if (outcome !== 'not now' && outcome.status !== 'wait') break;
    }
  }
}

async function oneUnit(
  shelf: ShelfRun,
  request: Readonly<Record<string, unknown>>,
  task: TaskName,
  kill: Kill,
  statements: StruckStatements,
): Promise<{ struck: boolean; outcome: UnitResult | 'not now' }> {
  const points = statements.unit(task, await progressOf(shelf.run.database));
  let met = 0;
  let struck = false;
  const process = new MortalProcess({
    url: shelf.url,
    request: { ...shelf.run.request, ...request },
    driver: shelf.newDriver(),
    async onStatement(statement, dying) {
      if (struck || !points.isPoint(statement.pid, statement.text, kill.meets?.(statement))) {
        met += 1;
        if (met % 5 === 0) await shelf.write();
        return;
      }
      struck = true;
      await kill.strike(dying, statement);
    },
  });
  try {
    return { struck, outcome: await process.unit(task) };
  } catch (error) {
    if (process.isDead || isRetryable(error)) return { struck, outcome: 'not now' };
    throw error;
  }
}

/** Throughout: what an unbroken run sends is struck, by further runs where the first could not meet it. */
export interface Throughout {
  readonly action: 'repack' | 'revert' | 'reset';
  /** What the run has done before; null: nothing. */
  readonly from: StageName | null;
  readonly end: RunEnd;
  readonly createDatabase?: () => Promise<TestDatabase>;
  readonly kill: (shelf: ShelfRun) => Kill | Promise<Kill>;
  /** What an unbroken run sends and no kill is to meet, with the reason beside it. */
  readonly neverMet?: readonly RegExp[];
}

/** Strikes at all points, and shows that rows, catalog and registry are right at the end, and that nothing was left out. */
export async function strikeThroughout(throughout: Throughout, tally: Tally): Promise<void> {
  const { action, from, end, createDatabase, kill, neverMet } = throughout;
  const first = await ShelfRun.create(createDatabase === undefined ? {} : { database: await createDatabase() });
  if (from !== null) await first.run.through(from);
  const tasks = TASKS_OF[action];
  const template = await first.clone();
  const sent = await sentByUnbroken(await template.clone(), { action }, tasks);
  const statements = new StruckStatements();
  for (let runs = 0; runs === 0 || (runs <= MOST_RUNS && statements.narrowToMissed(sent, neverMet)); runs += 1) {
    const shelf = await template.clone();
    await strikeEverywhere(shelf, { action }, tasks, await kill(shelf), tally, statements);
    await shelf.expectEnded(end);
  }
  statements.expectToCover(sent, neverMet);
  tally.allHeld();
}

/** What a run of a shelf sends that nobody disturbs while the application writes. */
async function sentByUnbroken(
  shelf: ShelfRun,
  request: Readonly<Record<string, unknown>>,
  tasks: readonly TaskName[],
): Promise<SentStatements> {
  const sent = new SentStatements();
  for (const task of tasks) {
    for (let status = 'more'; status === 'more' || status === 'wait'; ) {
      await shelf.write();
      let met = 0;
      const unit = new MortalProcess({
        url: shelf.url,
        request: { ...shelf.run.request, ...request },
        driver: shelf.newDriver(),
        async onStatement({ text }) {
          sent.add(task, text);
          met += 1;
          if (met % 5 === 0) await shelf.write();
        },
      });
      status = (await unit.unit(task)).status;
    }
  }
  return sent;
}
