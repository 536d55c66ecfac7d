import type pg from 'pg';
import type { StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import type { ItemRun } from '../engine/item-run.ts';

/** Lets somebody read one table after the other right before an attempt, in a transaction that lasts until that is over. */
export class LateHolders implements StatementObserver {
  /** The statements that asked for the strong lock. */
  readonly attempts: string[] = [];
  #holder: pg.Client | null = null;

  /** @param locking the statement that asks for the strong lock */
  constructor(
    private readonly run: ItemRun,
    private readonly locking: RegExp,
    private readonly tables: string[],
  ) {}

  async before(text: string): Promise<void> {
    if (!this.locking.test(text)) return;
    this.attempts.push(text);
    const table = this.tables.shift();
    if (table === undefined) return;
    const holder = await this.run.database.appClient();
    await holder.query(`BEGIN; SELECT FROM ${table} LIMIT 1`);
    this.#holder = holder;
  }

  after(): void {}

  /** To be called after each unit. True when somebody held the table during it. */
  async release(): Promise<boolean> {
    const holder = this.#holder;
    this.#holder = null;
    await holder?.query('ROLLBACK');
    await holder?.end();
    return holder !== null;
  }
}
