import type { StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import { ItemRun, type ItemRunOptions } from '../engine/item-run.ts';
import { drive } from '../lifecycle/drive.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';

/** `public.item`, the table of these tests, with 20 rows; what hangs on it is each test's. */
export const ITEM_TABLE = /* sql */ `
  CREATE TABLE public.item (
    id bigint CONSTRAINT item_pkey PRIMARY KEY,
    code text CONSTRAINT item_code_key UNIQUE,
    owner_name text NOT NULL DEFAULT 'app',
    amount integer NOT NULL DEFAULT 1
  );
  INSERT INTO public.item (id, code, amount) SELECT i, 'c' || i, i FROM generate_series(1, 20) AS i;`;

/**
 * A run of a table with dependents, and the catalog as it was before it: after the run, after a revert and after a reset
 * the schema dump of the whole database must be the same, and nothing of the application may hold the old table.
 */
export class DependentsRun {
  private constructor(
    readonly item: ItemRun,
    private readonly before: string,
  ) {}

  /** `dependents` is run by the owner, `bySuperuser` by the superuser after it. */
  static async create(
    dependents: string,
    options: ItemRunOptions & { readonly bySuperuser?: string } = {},
  ): Promise<DependentsRun> {
    const item = await ItemRun.create({ ...options, table: `${options.table ?? ITEM_TABLE}${dependents}` });
    if (options.bySuperuser !== undefined) await item.database.query(options.bySuperuser);
    return new DependentsRun(item, await dump(item));
  }

  /** The same in a database of its own; ends this one's connections. */
  async clone(): Promise<DependentsRun> {
    return new DependentsRun(await this.item.clone(), this.before);
  }

  /** To the swap; the old table is kept. Throws when the catalog is not as before, or somebody holds the old table. */
  async swap(observer?: StatementObserver): Promise<void> {
    await this.swapAs(this.item.database.urlOf('owner'), observer);
  }

  /** The same by another role. */
  async swapAs(url: string, observer?: StatementObserver): Promise<void> {
    const request = { ...this.item.request, keepOldTable: true };
    await drive(observer === undefined ? { url, request } : { url, request, observer });
    await this.expectAsBefore();
    await this.expectOldTableUnheld();
  }

  async revert(observer?: StatementObserver): Promise<void> {
    await this.item.drive({ action: 'revert', keepOldTable: true }, observer === undefined ? {} : { observer });
    await this.expectAsBefore();
    await this.expectNothingLeft();
  }

  async cleanUp(): Promise<void> {
    await this.item.drive({ action: 'clean-up', keepOldTable: true });
    await this.expectAsBefore();
    await this.expectNothingLeft();
  }

  /** Gives the run up after SYNC_SCHEMAS. */
  async reset(): Promise<void> {
    await this.item.drive({ stopAfter: 'SYNC_SCHEMAS' });
    await this.item.drive({ action: 'reset' });
    await this.expectAsBefore();
    await this.expectNothingLeft();
  }

  async expectAsBefore(): Promise<void> {
    expectSameCatalog(this.before, withoutOwnTriggers(await dump(this.item)));
  }

  async expectNothingLeft(): Promise<void> {
    const left = await this.item.leftovers();
    if (left.length > 0) throw new Error(`Left behind: ${left.join(', ')}`);
  }

  /** What depends on the old table, its row type or its constraints, apart from itself and what is ours. */
  private async expectOldTableUnheld(): Promise<void> {
    const rows = await this.item.database.query<{ holder: string }>(/* sql */ `
      WITH old AS (
        SELECT c.oid, c.reltype, t.typarray FROM pg_class AS c JOIN pg_type AS t ON t.oid = c.reltype
        WHERE c.relname = 'item' AND c.relnamespace::regnamespace::text ~ '^shadowstep_[0-9]+_old$'
      )
      SELECT DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid) AS holder
      FROM old
      JOIN pg_depend AS d
        ON (d.refclassid = 'pg_class'::regclass AND d.refobjid = old.oid)
        OR (d.refclassid = 'pg_type'::regclass AND d.refobjid IN (old.reltype, old.typarray))
        OR (d.refclassid = 'pg_constraint'::regclass
            AND d.refobjid IN (SELECT k.oid FROM pg_constraint AS k WHERE k.conrelid = old.oid))
      WHERE d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass,
                          'pg_publication_rel'::regclass)
        AND NOT EXISTS (SELECT FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
                        WHERE d.classid = 'pg_proc'::regclass AND p.oid = d.objid AND starts_with(n.nspname, 'shadowstep'))`);
    if (rows.length > 0) throw new Error(`The old table is held by ${rows.map((row) => row.holder).join(', ')}`);
  }
}

async function dump(item: ItemRun): Promise<string> {
  const client = await item.database.client();
  try {
    return await dumpCatalog(client);
  } finally {
    await client.end();
  }
}

/** While the old table is kept the new one bears our reverse capture; nothing else may differ. */
function withoutOwnTriggers(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('trigger public.item trigger shadowstep_'))
    .join('\n');
}
